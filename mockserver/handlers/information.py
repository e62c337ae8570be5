"""Information about the API itself: statuses and the catalogue. No key is needed."""

from __future__ import annotations

from starlette.responses import Response

from pixelpact.mockserver.jobs.documents import shown_code
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.web.responses import json_response, page_of, requested_page
from pixelpact.schema import catalogue, headers, statuses


async def list_statuses(call: Call) -> Response:
    """The statuses that a job can have, as far as the profile lists them."""
    profile = call.profile
    rows = [statuses()[code] for code in profile.value("listed-statuses")]
    return json_response([{"code": shown_code(row.code, profile=profile), "info": row.info} for row in rows])


async def list_conversions(call: Call) -> Response:
    """A page of the catalogue, or of one category or target of it."""
    page = requested_page(call.request, profile=call.profile)
    category, target = call.request.query_params.get("category"), call.request.query_params.get("target")
    rows = [row for row in catalogue() if category in (None, row.category) and target in (None, row.target)]
    if not rows and call.profile["empty-catalogue"] == "no-content":
        return Response(status_code=204)
    documents = [row.document(words=call.profile.value("limit-words")) for row in page_of(rows, page=page)]
    return json_response(documents, headers={headers().count: str(len(rows))})
