"""Steps that checks and probes of several areas build on."""

from __future__ import annotations

from dataclasses import dataclass

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import succeeded
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import step
from pixelpact.schema import headers

#: Statuses of a job that has not started.
WAITING = ("incomplete", "ready")
#: Pauses between reads of a job that should start, in seconds.
_PAUSES = (0.0, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that can't start: its id and token, and the answer that created it."""

    id: str
    token: str
    created: Exchange


@dataclass(frozen=True, slots=True)
class EndedJob:
    """A job that has run: the answer that created it, and its last read."""

    id: str
    token: str
    created: Exchange
    last: Exchange

    def output(self, number: int = 0) -> dict[str, object]:
        """An output, as the last read shows it.

        Raises:
            NotConclusive: there is none.
        """
        outputs = self.outputs()
        if len(outputs) <= number:
            raise NotConclusive(f"the job {self.id} has no output {number}")
        return outputs[number]

    def outputs(self) -> list[dict[str, object]]:
        """All outputs, as the last read shows them.

        Raises:
            NotConclusive: there are none.
        """
        outputs = self.last.at("output")
        if not isinstance(outputs, list) or not outputs:
            raise NotConclusive(f"the job {self.id} has no outputs")
        return outputs

    @property
    def uri(self) -> str:
        """Where its first output is downloaded."""
        return self.last.text("output", 0, "uri")


def open_job_of(context: Context, created: Exchange) -> OpenJob:
    """The open job that an answer to `createJob` shows."""
    return OpenJob(context.id_of(created), _token(created), created)


def ended_job_of(context: Context, created: Exchange) -> EndedJob:
    """The job that an answer to `createJob` shows, once it has ended."""
    job_id = context.id_of(created)
    return EndedJob(job_id, _token(created), created, context.finish(job_id))


def started_job_of(context: Context, created: Exchange) -> EndedJob:
    """The job that an answer to `createJob` shows, once it has ended after a start that should have come.

    Raises:
        ContractBroken: it has not started.
    """
    job_id = context.id_of(created)
    return EndedJob(job_id, _token(created), created, end_of(context, job_id))


def end_of(context: Context, job_id: str) -> Exchange:
    """The read that shows the end of a job which should have started.

    Raises:
        ContractBroken: it has not started.
    """
    for pause in _PAUSES:
        if pause:
            context.sleep(pause)
        read = succeeded(context.read(job_id))
        code = read.text("status", "code")
        if context.is_over(code):
            return read
        if code not in WAITING:
            return context.finish(job_id)
    raise read.broken(f"must start with process:true, still has the status {code}")


@step(requests=2, rule="a job is created that waits for its start")
def open_job(context: Context) -> OpenJob:
    """A staged job with one conversion without options, for requests that change nothing."""
    return open_job_of(context, context.stage())


@step(requests=2, rule="a second job is created that waits for its start")
def other_open_job(context: Context) -> OpenJob:
    """Another staged job of the same account."""
    return open_job_of(context, context.stage())


@step(requests=1, rule="an invalid option is refused")
def refused_option(context: Context) -> Exchange:
    """The answer to a job with an option far out of its range."""
    return context.call("createJob", json=context.staged_body({"width": -7}))


@step(requests=1, rule="a request without a key is refused")
def refused_key(context: Context) -> Exchange:
    """The answer to a listing of jobs without a key."""
    return context.call("listJobs", credentials={})


@step(requests=3, paid_jobs=1, rule="a job with one prompt draws one picture")
def plain_picture(context: Context) -> EndedJob:
    """A job that has drawn one small picture with a seed."""
    options = {**SMALL, "seed": 7}
    return ended_job_of(context, context.launch("A lighthouse in the fog", options=options))


@step(requests=4, paid_jobs=1, rule="a job with two prompts draws two pictures")
def two_pictures(context: Context) -> EndedJob:
    """A job that has drawn two prompts that begin alike, with separate outputs."""
    options = {**SMALL, "seed": 7, "allow_multiple_outputs": True}
    landscape = "A wide landscape in the morning, with mist above the river and a road along the hills"
    prompts = (f"{landscape}, and a fox", f"{landscape}, and a hare")
    return ended_job_of(context, context.launch(*prompts, options=options, outputs=2))


@step(requests=3, paid_jobs=1, rule="a picture with a download password is drawn")
def protected_picture(context: Context) -> EndedJob:
    """A job whose picture has the password `PASSWORD` of its conversion."""
    options = {**SMALL, "seed": 7, "download_password": PASSWORD}
    return ended_job_of(context, context.launch("A locked door", options=options))


@step(requests=4, paid_jobs=1, rule="a job with one prompt starts with its conversion, and completes")
def single_result(context: Context) -> EndedJob:
    """A job with one prompt and no conversion until one is added, which does not allow several files."""
    options = {**SMALL, "allow_multiple_outputs": False}
    created = context.launch("A lonely tree", conversion=[])
    path = {"job_id": context.id_of(created)}
    succeeded(context.call("addConversion", path=path, json=context.conversion(options)))
    return started_job_of(context, created)


#: Protects outputs of a run.
PASSWORD = "sesame 41"  # noqa: S105  # of no use to anybody else


def token_header(job: OpenJob | EndedJob) -> dict[str, str]:
    """The header that opens a job without a key."""
    return {headers().job_token[0]: job.token}


def _token(created: Exchange) -> str:
    try:
        return created.text("token")
    except AssertionError:
        return ""
