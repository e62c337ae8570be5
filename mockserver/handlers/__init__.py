"""The handlers of the operations of `openapi.json`, by their `operationId`."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from starlette.responses import Response

from pixelpact.mockserver.handlers import (
    contracts,
    conversions,
    documents,
    downloads,
    information,
    inputs,
    jobs,
    outputs,
    presets,
    stats,
    uploads,
)
from pixelpact.mockserver.service.call import Call

Handler = Callable[[Call], Awaitable[Response]]

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "listJobs": jobs.list_jobs,
        "createJob": jobs.create_job,
        "getJob": jobs.get_job,
        "updateJob": jobs.update_job,
        "cancelJob": jobs.cancel_job,
        "listThreads": jobs.list_threads,
        "listHistory": jobs.list_history,
        "listJobConversions": conversions.list_job_conversions,
        "addConversion": conversions.add_conversion,
        "getConversion": conversions.get_conversion,
        "updateConversion": conversions.update_conversion,
        "removeConversion": conversions.remove_conversion,
        "listInputs": inputs.list_inputs,
        "addInput": inputs.add_input,
        "updateInputs": inputs.update_inputs,
        "getInput": inputs.get_input,
        "updateInput": inputs.update_input,
        "removeInput": inputs.remove_input,
        "listOutputs": outputs.list_outputs,
        "updateOutputs": outputs.update_outputs,
        "getOutput": outputs.get_output,
        "updateOutput": outputs.update_output,
        "removeOutput": outputs.remove_output,
        "listConversions": information.list_conversions,
        "listStatuses": information.list_statuses,
        "getSchema": documents.get_schema,
        "getOpenapi": documents.get_openapi,
        "listPresets": presets.list_presets,
        "createPreset": presets.create_preset,
        "getPreset": presets.get_preset,
        "updatePreset": presets.update_preset,
        "removePreset": presets.remove_preset,
        "getContracts": contracts.get_contracts,
        "getDayStats": stats.get_day_stats,
        "getMonthStats": stats.get_month_stats,
        "getYearStats": stats.get_year_stats,
        "uploadFile": uploads.upload_file,
        "uploadBase64": uploads.upload_base64,
        "downloadOutput": downloads.download_output,
        "headOutput": downloads.head_output,
    }
)

__all__ = ["HANDLERS", "Handler"]
