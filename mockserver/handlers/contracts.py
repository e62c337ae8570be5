"""The contracts of an account."""

from __future__ import annotations

from starlette.responses import Response

from pixelpact.mockserver.accounts.admission import credits_remaining
from pixelpact.mockserver.jobs.usage import contracts_document
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.responses import json_response


async def get_contracts(call: Call) -> Response:
    """The contract of the account, or nothing if it has none."""
    call.require_key()
    if call.settings.credits is not None:
        remaining = await credits_remaining(call.account, store=call.store)
        return json_response(
            contracts_document(remaining, bought=call.settings.credits, profile=call.profile)
        )
    unlimited = call.profile.value("unlimited-credits")
    if unlimited is None:
        return Response(status_code=204)
    return json_response(contracts_document(None, bought=unlimited["credits_bought"], profile=call.profile))
