"""What the API says of itself: its statuses and its catalogue. No key is needed."""

from __future__ import annotations

from starlette.responses import Response

from pixelpact.mockserver.jobs.documents import shown_code
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.web.requests import Request
from pixelpact.mockserver.web.responses import json_response, page_of, requested_page
from pixelpact.schema import catalogue, headers, statuses


async def list_statuses(mock: Mock, _: Request) -> Response:
    """The statuses that a job can have, as many as the profile says are listed."""
    profile = mock.profile
    rows = [statuses()[code] for code in profile.value("listed-statuses")]
    return json_response([{"code": shown_code(row.code, profile=profile), "info": row.info} for row in rows])


async def list_conversions(mock: Mock, request: Request) -> Response:
    """A page of the catalogue, of one category or one target where asked so."""
    page = requested_page(request)
    category, target = request.query_params.get("category"), request.query_params.get("target")
    rows = [row for row in catalogue() if category in (None, row.category) and target in (None, row.target)]
    if not rows and mock.profile["empty-catalogue"] == "no-content":
        return Response(status_code=204)
    documents = [row.document(words=mock.profile.value("limit-words")) for row in page_of(rows, page=page)]
    return json_response(documents, headers={headers().count: str(len(rows))})
