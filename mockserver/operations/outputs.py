"""List the outputs of a job."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.responses import json_response
from pixelpact.mockserver.views import output_documents


async def list_outputs(mock: Mock, request: Request) -> Response:
    """The job's outputs, those of one conversion or of one input where asked so; counts as a read."""
    job = await mock.read(await mock.job(request))
    documents = output_documents(job, now=mock.clock.now(), host_url=mock.host_url(request))
    conversion_id = request.query_params.get("conversion_id")
    input_id = request.query_params.get("input_id")
    return json_response(
        [
            document
            for document in documents
            if conversion_id in (None, document["source"]["conversion"])
            and (input_id is None or input_id in document["source"]["input"])
        ]
    )
