"""The routes that take options besides the creation of jobs, and how options are sent to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Step, step
from pixelpact.contract_tests.suite.steps import other_open_job as changed_job


@step(requests=2, rule="a preset is created that is changed")
def changed_preset(context: Context) -> str:
    """The id of a preset without options."""
    body = {**preset_body(context, {}), "name": "pixelpact: changed"}
    return context.id_of(context.call("createPreset", leaves=1, json=body))


#: The operations that take options, each with the step that it needs.
OPTION_ROUTES: Mapping[str, tuple[Step[Any], ...]] = {
    "addConversion": (changed_job,),
    "updateConversion": (changed_job,),
    "createPreset": (),
    "updatePreset": (changed_preset,),
}


def send_options(context: Context, options: object, *, operation: str, leaves: int = 0) -> Exchange:
    """The answer to one of these operations with these options."""
    if operation == "createPreset":
        return context.call(operation, leaves=leaves, json=preset_body(context, options))
    if operation == "updatePreset":
        path = {"preset_id": changed_preset(context)}
        return context.call(operation, path=path, json={"options": options})
    job = changed_job(context)
    if operation == "addConversion":
        return context.call(operation, path={"job_id": job.id}, json=context.conversion(options))
    path = {"job_id": job.id, "conversion_id": job.created.text("conversion", 0, "id")}
    return context.call(operation, path=path, json={"options": options})


def preset_body(context: Context, options: object) -> dict[str, Any]:
    """The body of a new preset."""
    conversion = context.conversion(options)
    del conversion["metadata"]
    return {"name": "pixelpact", "scope": "private", **conversion}
