"""Servers that are wrong about access: keys, tokens and presets."""

from __future__ import annotations

from tests.changes import first_again, from_the_second, put, replaced, with_status
from tests.contract_tests.machine.wrong.steps import GET, MAKE, RUN, SMALL, Wrong, on, preset
from tests.wrong_servers import rewriting

ACCESS = {
    "foreign-key": Wrong(rewriting("updateJob", answer=with_status(200)), on(RUN, lambda machine, job: machine.use_foreign_job(job, "updateJob")), "updateJob must answer 404, got 200"),
    "foreign-token": Wrong(rewriting("addInput", answer=with_status(201)), on(RUN, lambda machine, job: machine.use_wrong_token(job, machine.launch(1, RUN), "addInput")), "addInput must answer 401, got 201"),
    "unknown-token": Wrong(rewriting("addInput", answer=with_status(201)), on(RUN, lambda machine, job: machine.use_wrong_token(job, job, "addInput")), "addInput must answer 401, got 201"),
    "no-key": Wrong(rewriting("listOutputs", answer=with_status(200)), on(RUN, lambda machine, job: machine.use_no_key(job, "listOutputs")), "listOutputs must answer 401, got 200"),
    "token-creates": Wrong(rewriting(*MAKE, answer=from_the_second(with_status(201))), on(RUN, lambda machine, job: machine.create_by_token(job)), "createJob must answer 401, got 201"),
    "token-shows-another-job": Wrong(rewriting(*GET, *MAKE, answer=first_again(only="getJob")), lambda machine: (machine.launch(0, RUN), machine.read_by_token(machine.launch(0, RUN))), "must show the job"),
    "token-lists-nothing": Wrong(rewriting("listJobs", answer=replaced([])), on(RUN, lambda machine, job: machine.read_by_token(job)), "only, lists []"),
    "one-preset-for-two": Wrong(rewriting("createPreset", answer=first_again(only="createPreset")), preset(lambda machine: machine.save_preset(0, SMALL, True)), "must make a new preset"),
    "preset-saved-wrongly": Wrong(rewriting("createPreset", answer=put("options", to={})), preset(), "must have options {'width': 64, 'height': 64}, has {}"),
    "preset-not-changed": Wrong(rewriting("updatePreset", answer=put("options", to=SMALL)), preset(lambda machine: machine.change_preset(0, 0, {"width": 65})), "must have options {'width': 65}, has {'width': 64, 'height': 64}"),
    "preset-read-wrongly": Wrong(rewriting("getPreset", answer=put("name", to="yours")), preset(lambda machine: machine.read_presets(0, 0)), "must have name 'mine', has 'yours'"),
    "preset-not-listed": Wrong(rewriting("listPresets", answer=replaced([])), preset(lambda machine: machine.read_presets(0, 0)), "must list the preset"),
    "preset-not-deleted": Wrong(rewriting("getPreset", answer=with_status(200)), preset(lambda machine: machine.remove_preset(0, 0)), "getPreset must answer 404, got 200"),
    "foreign-preset-read": Wrong(rewriting("getPreset", answer=with_status(200)), preset(lambda machine: machine.read_presets(0, 0)), "getPreset must answer 404, got 200"),
    "foreign-preset-changed": Wrong(rewriting("updatePreset", answer=with_status(200)), preset(lambda machine: machine.read_presets(0, 0)), "updatePreset must answer 404, got 200"),
    "foreign-preset-deleted": Wrong(rewriting("removePreset", answer=with_status(204)), preset(lambda machine: machine.read_presets(0, 0)), "removePreset must answer 404, got 204"),
    "unknown-preset-deleted": Wrong(rewriting("removePreset", answer=with_status(204)), lambda machine: machine.remove_preset(0, 0), "removePreset must answer 404, got 204"),
}  # fmt: skip
