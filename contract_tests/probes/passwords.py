"""Probes of download passwords: one protected picture, asked for in several ways."""

from __future__ import annotations

from dataclasses import dataclass

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.answers import value_at
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.drawings import DrawnJob, archive_format, draw_each
from pixelpact.contract_tests.suite.items import probe, step
from pixelpact.schema import headers, ledger

#: Without spaces and commas, so that it may stand in a cookie and in a list.
_PASSWORD, _OTHER = "sesame-41", "wrong"
_HEADER, _COOKIE = headers().download_password[0], headers().download_password_cookie
#: The statuses with which a download without the right password may be refused.
_REFUSED = frozenset(answer.value for answer in ledger()["download-password-refused"].choices.values())
#: More than one, so that they differ from a single refused download where both are counted.
_HEADS = 2


@step(requests=4, paid_jobs=1, rule="pictures with a password and with an empty one are drawn")
def protected_job(context: Context) -> DrawnJob:
    """A job that has drawn a picture with a password, and one with an empty password."""
    return draw_each(context, [{**SMALL, "download_password": password} for password in (_PASSWORD, "")])


@dataclass(frozen=True, slots=True)
class _Attempts:
    """The answers to downloads of the protected picture, in the order of the requests."""

    heads: tuple[Exchange, ...]
    without: Exchange
    counted: Exchange
    listed: Exchange
    both: Exchange


@step(requests=_HEADS + 4, rule="a protected picture is downloaded", uses=(protected_job,))
def attempts(context: Context) -> _Attempts:
    """Downloads of the protected picture: what may count first, then the counter, then the passwords."""
    job = protected_job(context)
    output = job.output(0)
    heads = tuple(
        context.download(output.uri, operation="headOutput", headers={_HEADER: _PASSWORD})
        for _ in range(_HEADS)
    )
    return _Attempts(
        heads=heads,
        without=context.download(output.uri),
        counted=context.call("getOutput", path={"job_id": job.id, "output_id": output.id}),
        listed=context.download(output.uri, headers={_HEADER: f"{_OTHER}, {_PASSWORD}"}),
        both=context.download(output.uri, headers={_HEADER: _OTHER, "Cookie": f"{_COOKIE}={_PASSWORD}"}),
    )


@step(requests=1, rule="a picture with an empty password is asked for", uses=(protected_job,))
def open_picture(context: Context) -> Exchange:
    """The answer to a download, without a password, of the picture whose password is empty."""
    return context.download(protected_job(context).output(1).uri)


@probe("download-password-refused", operation="downloadOutput", uses=(attempts,), rank=35)
def download_password_refused(context: Context) -> str:
    """The status of a download without the password."""
    answer = attempts(context).without
    if answer.response.is_success:
        raise NotConclusive("a picture with a download password is downloaded without one")
    return context.which("download-password-refused", answer.response.status_code, answer)


@probe("counted-downloads", operation="getOutput", uses=(attempts,), rank=35)
def counted_downloads(context: Context) -> str:
    """What the counter says after requests for the headers and a refused download."""
    made = attempts(context)
    if not all(head.response.is_success for head in made.heads) or made.without.response.is_success:
        raise NotConclusive("a request for the headers was refused, or a download without the password not")
    answers = {0: "get", _HEADS: "head", 1: "refused"}
    if not made.counted.response.is_success:
        raise NotConclusive(f"getOutput was answered {made.counted.response.status_code}")
    counter = value_at(made.counted, "downloads_counter")
    if counter not in answers:
        what = f"has `downloads_counter` {counter!r} after {_HEADS} HEAD requests and a refused GET"
        raise context.unknown("counted-downloads", what, made.counted)
    return answers[counter]


@probe("password-list", operation="downloadOutput", uses=(attempts,), rank=36)
def password_list(context: Context) -> str:
    """Whether the password is found after a comma and a space; if not, whether it is after a comma."""
    answer = attempts(context).listed
    if answer.response.is_success:
        return "trimmed"
    uri = protected_job(context).output(0).uri
    exact = context.download(uri, headers={_HEADER: f"{_OTHER},{_PASSWORD}"})
    if exact.response.is_success:
        return "exact"
    what = f"was answered {exact.response.status_code} to a list with the right download password"
    raise context.unknown("password-list", what, exact)


@probe("password-cookie", operation="downloadOutput", uses=(attempts,), rank=36)
def password_cookie(context: Context) -> str:
    """Whether a right cookie helps beside a wrong header; if not, whether it does alone."""
    answer = attempts(context).both
    if answer.response.is_success:
        return "either"
    uri = protected_job(context).output(0).uri
    alone = context.download(uri, headers={"Cookie": f"{_COOKIE}={_PASSWORD}"})
    if alone.response.is_success:
        return "header"
    what = f"was answered {alone.response.status_code} to the right download password in the cookie"
    raise context.unknown("password-cookie", what, alone)


@probe("empty-password", operation="downloadOutput", uses=(open_picture,), rank=36)
def empty_password(context: Context) -> str:
    """Whether a picture with an empty password is downloaded without one."""
    answer = open_picture(context)
    if answer.response.is_success:
        return "nothing"
    if answer.response.status_code not in _REFUSED:
        what = f"was answered {answer.response.status_code} to a download with an empty password"
        raise context.unknown("empty-password", what, answer)
    return "everything"


@probe("single-archived", operation="downloadOutput", uses=(attempts, open_picture), rank=37)
def single_archived(context: Context) -> str:
    """Whether the file of a single picture is an archive, by its signature."""
    made = attempts(context)
    for answer in (made.listed, made.both, open_picture(context)):
        if answer.response.is_success:
            return "never" if archive_format(answer.response.content) is None else "always"
    raise NotConclusive("no picture of a single result could be downloaded")
