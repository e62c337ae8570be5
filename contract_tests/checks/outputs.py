"""Checks of outputs: their fields, and that all ways to read them show the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pixelpact.contract_tests.client.curl import in_json
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND
from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.suite.album import (
    TRUE,
    album,
    album_downloads,
    album_listing,
    album_output,
    last_output,
    renamed_output,
)
from pixelpact.contract_tests.suite.comparisons import rows_of, succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.schema import JSONObject, component_validator, find_violations

_OAS = "vendor OpenAPI 2.0.1"
_SDK = "SDK contract"
#: An id that nothing has.
_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@check(
    "outputs/fields",
    operation="getJob",
    rule="each output has its documented fields with their types",
    source=_OAS,
    uses=(album,),
    depends=("output-name-field", "timestamps"),
)
def fields(context: Context) -> None:
    """All outputs follow their schema, apart from what the profile knows."""
    last = album(context).job.last
    for row in album(context).outputs:
        _follows_schema(context, last, row)


@check(
    "outputs/uri-under-server",
    operation="getJob",
    rule="the uri of an output is absolute and begins with the server of its job",
    source=_SDK,
    uses=(album,),
)
def uri_under_server(context: Context) -> None:
    """All downloads are below `server`."""
    last = album(context).job.last
    server = last.text("server").rstrip("/") + "/"
    for row in album(context).outputs:
        uri = str(row["uri"])
        if not urlsplit(uri).netloc or not uri.startswith(server):
            raise last.broken(f"must have a uri below the server {server}, has {uri}")


@check(
    "outputs/different-uris",
    operation="getJob",
    rule="each output has an id and a uri of its own",
    source=_OAS,
    uses=(album,),
)
def different_uris(context: Context) -> None:
    """No two outputs share an id or a uri."""
    last, rows = album(context).job.last, album(context).outputs
    for field in ("id", "uri"):
        values = [row[field] for row in rows]
        if len(set(values)) != len(values):
            raise last.broken(f"must give each output its own {field}, has {values}")


@check(
    "outputs/source-conversion",
    operation="getJob",
    rule="an output names the conversion of its job that made it",
    source=_OAS,
    uses=(album,),
)
def source_conversion(context: Context) -> None:
    """`source.conversion` is the id of a conversion."""
    last = album(context).job.last
    known = [row["id"] for row in last.at("conversion")]
    for row in album(context).outputs:
        named = row["source"]["conversion"]
        if named not in known:
            raise last.broken(
                f"must name one of the conversions {known} in source.conversion, has {in_json(named)}"
            )


@check(
    "outputs/source-input",
    operation="getJob",
    rule="an output names the inputs of its job that it was made of",
    source=_OAS,
    uses=(album,),
)
def source_input(context: Context) -> None:
    """`source.input` lists ids of inputs; two files of one conversion have different ones."""
    found = album(context)
    last = found.job.last
    known = {row["id"] for row in last.at("input")}
    for row in found.outputs:
        named = row["source"]["input"]
        if not isinstance(named, list) or not named or not known.issuperset(named):
            raise last.broken(f"must list inputs of the job in source.input, has {in_json(named)}")
    separate = [tuple(row["source"]["input"]) for row in found.outputs_of(TRUE)]
    if len(set(separate)) != len(separate):
        raise last.broken(f"must name the input of each file in source.input, has {separate}")


@check(
    "outputs/enabled",
    operation="getJob",
    rule="the outputs of a job that has just completed are enabled",
    source=_OAS,
    uses=(album,),
)
def enabled(context: Context) -> None:
    """Their status is `enabled`."""
    for row in album(context).outputs:
        if row.get("status") != "enabled":
            last = album(context).job.last
            raise last.broken(
                f"must have the status enabled in a new output, has {in_json(row.get('status'))}"
            )


@check(
    "outputs/not-downloaded-yet",
    operation="getJob",
    rule="the downloads_counter of a new output is 0",
    source=_OAS,
    uses=(album,),
)
def not_downloaded_yet(context: Context) -> None:
    """Their counters begin at 0."""
    for row in album(context).outputs:
        if row.get("downloads_counter") != 0:
            last = album(context).job.last
            raise last.broken(f"must have downloads_counter 0, has {in_json(row.get('downloads_counter'))}")


@check(
    "outputs/listing-equals-job",
    operation="listOutputs",
    rule="GET output lists what the job shows in output",
    source="SDK tests",
    uses=(album, album_listing),
)
def listing_equals_job(context: Context) -> None:
    """The rows of the listing are those of the job."""
    listing = album_listing(context).expect(200)
    rows = listing.json()
    if not isinstance(rows, list) or len(rows) != len(album(context).outputs):
        raise listing.broken(f"must list the {len(album(context).outputs)} entries of output in the job")
    for row, shown in zip(rows, album(context).outputs, strict=True):
        _equals(listing, row, shown)


@check(
    "outputs/one-equals-job",
    operation="getOutput",
    rule="GET of one output shows what the job shows in output",
    source=_OAS,
    uses=(album, album_output),
)
def one_equals_job(context: Context) -> None:
    """A single read shows the same fields."""
    answer = album_output(context).expect(200)
    _equals(answer, answer.json(), last_output(context))


def _filter(case: str, rule: str, of: Callable[[list[JSONObject]], Mapping[str, str]], word: str) -> None:
    @check(
        f"outputs/filter-{case}",
        operation="listOutputs",
        rule=rule,
        source=_OAS,
        requests=1,
        uses=(album,),
    )
    def verify(context: Context) -> None:
        """The listing has those that the parameters name, and no others."""
        found = album(context)
        wanted = of(found.outputs)
        answer = context.call("listOutputs", path={"job_id": found.job.id}, params=dict(wanted))
        listed = [row["id"] for row in rows_of(answer)]
        expected = [row["id"] for row in found.outputs if _is_of(row["source"], wanted)]
        if listed != expected:
            raise answer.broken(f"must list the outputs {expected} by {word}, has {listed}")


def _is_of(source: JSONObject, wanted: Mapping[str, str]) -> bool:
    """Whether an output has the conversion and the input that are wanted."""
    is_conversion = wanted.get("conversion_id") in (None, source["conversion"])
    return is_conversion and ("input_id" not in wanted or wanted["input_id"] in source["input"])


_filter(
    "conversion-id",
    "conversion_id limits the listing of outputs: that of no conversion finds none",
    lambda _: {"conversion_id": _UNKNOWN_ID},
    "conversion_id",
)
_filter(
    "input-id",
    "input_id and conversion_id limit the listing of outputs together",
    lambda rows: {
        "conversion_id": rows[-1]["source"]["conversion"],
        "input_id": rows[-1]["source"]["input"][0],
    },
    "conversion_id and input_id",
)


def _unknown(operation: str, verb: str) -> None:
    @check(
        f"outputs/unknown-{verb}",
        operation=operation,
        rule=f"{operation} of an output that does not exist is answered with {NOT_FOUND}",
        source=_OAS,
        requests=1,
        uses=(album,),
    )
    def verify(context: Context) -> None:
        """An id that nothing has is not found."""
        path = {"job_id": album(context).job.id, "output_id": _UNKNOWN_ID}
        body: dict[str, Any] = {"json": {"filename": "nothing"}} if operation == "updateOutput" else {}
        context.call(operation, path=path, **body).expect(NOT_FOUND)


_unknown("getOutput", "read")
_unknown("updateOutput", "change")
_unknown("removeOutput", "deletion")


@check(
    "outputs/none-while-waiting",
    operation="listOutputs",
    rule="a job that has not run has no outputs",
    source=_OAS,
    requests=1,
    uses=(open_job,),
)
def none_while_waiting(context: Context) -> None:
    """Neither the job nor the listing has any."""
    job = open_job(context)
    listing = context.call("listOutputs", path={"job_id": job.id})
    for answer, rows in ((job.created, job.created.at("output")), (listing, listing.expect(200).json())):
        if rows != []:
            raise answer.broken(f"must have no output before the job has run, has {rows!r}")


def _counted(when: str, rule: str, look: Callable[[Context], tuple[Exchange, Exchange, int]]) -> None:
    @check(
        f"outputs/counts-{when}",
        operation="listOutputs",
        rule=rule,
        source=_OAS,
        uses=(album, album_downloads),
        depends=("counted-downloads",),
    )
    def verify(context: Context) -> None:
        """The counter rises by one, and by one for each HEAD if they were observed to count."""
        before, after, heads = look(context)
        rise = _counter(context, after) - _counter(context, before)
        expected = 1 + heads * (context.profile["counted-downloads"] == "head")
        if rise != expected:
            raise after.broken(f"must raise downloads_counter by {expected}, has raised it by {rise}")


_counted(
    "download",
    "a download raises the downloads_counter of its output by one",
    lambda context: (album_listing(context), album_downloads(context).after_plain, 0),
)
_counted(
    "base64",
    "a download as base64 raises the downloads_counter of its output by one",
    lambda context: (album_downloads(context).after_plain, album_downloads(context).after_base64, 2),
)


@check(
    "outputs/counts-only-its-own",
    operation="listOutputs",
    rule="a download does not count for other outputs",
    source=_OAS,
    uses=(album, album_downloads),
)
def counts_only_its_own(context: Context) -> None:
    """Other outputs keep their counters."""
    before = {row["id"]: row["downloads_counter"] for row in album_listing(context).json()}
    after = album_downloads(context).after_plain
    for row in after.json():
        if row["id"] != last_output(context)["id"] and row["downloads_counter"] != before[row["id"]]:
            raise after.broken(
                f"must keep the downloads_counter {before[row['id']]} of another output, "
                f"has {row['downloads_counter']!r}"
            )


@check(
    "outputs/counts-in-job",
    operation="getJob",
    rule="a job shows the downloads_counter of an output as the listing of outputs does",
    source=_OAS,
    uses=(album, album_downloads, renamed_output),
)
def counts_in_job(context: Context) -> None:
    """A read of the job after all downloads counts the last one, which came after the last listing."""
    downloads, after = album_downloads(context), renamed_output(context).after
    succeeded(downloads.as_json)
    last = _counter(context, downloads.after_base64) + 1
    wanted = last_output(context)["id"]
    shown = [row["downloads_counter"] for row in succeeded(after).at("output") if row["id"] == wanted]
    if shown != [last]:
        raise after.broken(f"must show the downloads_counter {last} of an output in its job, has {shown}")


@check(
    "outputs/created-with-its-job",
    operation="getJob",
    rule="the created_at of an output is not before that of its job, nor after the end of it",
    source=_OAS,
    uses=(album,),
)
def created_with_its_job(context: Context) -> None:
    """An output was made between the creation of its job and the job's last change."""
    last = album(context).job.last
    earliest, latest = last.text("created_at"), last.text("modified_at")
    for row in album(context).outputs:
        if not earliest <= str(row.get("created_at")) <= latest:
            what = f"must have a created_at from {earliest} to {latest} in an output"
            raise last.broken(f"{what}, has {in_json(row.get('created_at'))}")


def _counter(context: Context, listing: Exchange) -> int:
    """The counter of the album's last output."""
    wanted = last_output(context)["id"]
    rows = listing.expect(200).json()
    counters = [row["downloads_counter"] for row in rows if row["id"] == wanted]
    if not counters:
        raise listing.broken(f"must still list the output {wanted}")
    return int(counters[0])


def _follows_schema(context: Context, answer: Exchange, row: JSONObject) -> None:
    """Check an output against its component; the name may be in the field that was observed."""
    profile = context.profile
    name = profile.value("output-name-field")
    violations = [
        one
        for one in find_violations(component_validator("OutputFile"), row)
        if not is_departure(one, profile)
    ]
    if violations:
        raise answer.broken(f"must follow OutputFile in output: {'; '.join(map(str, violations))}")
    if not isinstance(row.get(name), str) or not row[name]:
        raise answer.broken(f"must have the name of the file in {name}, has {in_json(row.get(name))}")


def _equals(answer: Exchange, row: JSONObject, shown: JSONObject) -> None:
    """Check that a row shows what the job shows."""
    for field in sorted({*row, *shown}):
        if row.get(field) != shown.get(field):
            what = f"must have the {field} of the output in the job, {in_json(shown.get(field))}"
            raise answer.broken(f"{what}, has {in_json(row.get(field))}")
