"""What each operation of `openapi.json` does, by its `operationId`."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.operations import downloads, information, inputs, jobs, outputs, uploads

Handler = Callable[[Mock, Request], Awaitable[Response]]

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "listJobs": jobs.list_jobs,
        "createJob": jobs.create_job,
        "getJob": jobs.get_job,
        "updateJob": jobs.update_job,
        "cancelJob": jobs.cancel_job,
        "addInput": inputs.add_input,
        "listOutputs": outputs.list_outputs,
        "listConversions": information.list_conversions,
        "listStatuses": information.list_statuses,
        "uploadFile": uploads.upload_file,
        "uploadBase64": uploads.upload_base64,
        "downloadOutput": downloads.download_output,
        "headOutput": downloads.head_output,
    }
)

__all__ = ["HANDLERS", "Handler"]
