"""Checks of download passwords: of a conversion, of a job, of an output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.album import MULTIPLE
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import Step, check, step
from pixelpact.contract_tests.suite.several import SeveralJob, draw_several
from pixelpact.contract_tests.suite.steps import PASSWORD, EndedJob, ended_job_of
from pixelpact.schema import headers, ledger, options_schema

_SOURCE = "text-to-image option table and SDK contract"
_REFUSED = "download-password-refused"
_OPTION = "download_password"
_HEADER, _ALIAS = headers().download_password
_PROMPTS = ("A locked door", "A closed book")
#: The conversions of the vault: two files with `PASSWORD`, an archive with another password, one without,
#: one with the longest password.
_FILES, _ARCHIVE, _OPEN, _LONG = range(4)
_OTHER = "oyster 42"
_WRONG = "none of these"


def _longest() -> str:
    """The longest password that the option's pattern allows."""
    pattern: str = options_schema()["properties"][_OPTION]["pattern"]
    return "p" * int(pattern.rpartition(",")[2].partition("}")[0])


@step(requests=7, paid_jobs=1, rule="a job with passwords of its conversions completes")
def vault(context: Context) -> SeveralJob:
    """A job with four conversions of two prompts: two files with a password, and three archives."""
    own: tuple[Mapping[str, Any], ...] = (
        {_OPTION: PASSWORD, MULTIPLE: True},
        {_OPTION: _OTHER},
        {},
        {_OPTION: _longest()},
    )
    return draw_several(context, [{**SMALL, **options} for options in own], *_PROMPTS, outputs=5)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt to download a file of the vault: of which conversion, with which headers, by which method.

    `file` counts the files of the conversion; `opens` says whether it must succeed.
    """

    id: str
    rule: str
    conversion: int
    sent: Mapping[str, str]
    opens: bool
    file: int = 0
    operation: str = "downloadOutput"
    encoding: str | None = None


def _with(password: str) -> dict[str, str]:
    return {_HEADER: password}


_LIST = f"{_WRONG},{_OTHER},{PASSWORD}"
_COOKIE = {"Cookie": f'{headers().download_password_cookie}="{_LIST}"'}
_ATTEMPTS = (
    _Attempt("missing", "a protected file is refused without its password", _FILES, {}, opens=False),
    _Attempt("wrong", "a protected file is refused with another text", _FILES, _with(_WRONG), opens=False),
    _Attempt(
        "other-case",
        "a password counts with its case",
        _FILES,
        _with(PASSWORD.upper()),
        opens=False,
        file=-1,
    ),
    _Attempt(
        "prefix",
        "the beginning of a password does not open its file",
        _FILES,
        _with(PASSWORD[:-1]),
        opens=False,
        file=-1,
    ),
    _Attempt(
        "every-file", "a password protects every file of its conversion", _FILES, {}, opens=False, file=-1
    ),
    _Attempt("header", f"the password in {_HEADER} opens its file", _FILES, _with(PASSWORD), opens=True),
    _Attempt(
        "alias", f"a list with the password in {_ALIAS} opens its file", _FILES, {_ALIAS: _LIST}, opens=True
    ),
    _Attempt("cookie", "a list with the password in the cookie opens its file", _FILES, _COOKIE, opens=True),
    _Attempt(
        "list",
        "any password of a comma-separated list opens its file",
        _FILES,
        _with(_LIST),
        opens=True,
    ),
    _Attempt(
        "head-missing",
        "HEAD of a protected file is refused without its password",
        _FILES,
        {},
        opens=False,
        operation="headOutput",
    ),
    _Attempt(
        "head-right",
        "HEAD of a protected file succeeds with its password",
        _FILES,
        _with(PASSWORD),
        opens=True,
        operation="headOutput",
    ),
    _Attempt(
        "other-output",
        "the password of one conversion does not open the file of another",
        _ARCHIVE,
        _with(PASSWORD),
        opens=False,
    ),
    _Attempt(
        "archive-missing",
        "an archive of a protected conversion is refused without it, as base64 text too",
        _ARCHIVE,
        {},
        opens=False,
        encoding="base64",
    ),
    _Attempt(
        "archive-right", "the password of a conversion opens its archive", _ARCHIVE, _with(_OTHER), opens=True
    ),
    _Attempt("longest", "the longest password opens its file", _LONG, _with(_longest()), opens=True),
    _Attempt(
        "longest-cut", "the longest password counts to its end", _LONG, _with(_longest()[:-1]), opens=False
    ),
)


def _attempted(attempt: _Attempt) -> None:
    @check(
        f"passwords/{attempt.id}",
        operation=attempt.operation,
        rule=attempt.rule,
        source=_SOURCE,
        requests=1,
        uses=(vault,),
        rank=20 if attempt.id == "missing" else 50,
    )
    def verify(context: Context) -> None:
        """The download is refused, or gets the file."""
        outputs = vault(context).outputs_of(attempt.conversion)
        if not outputs:
            raise NotConclusive(f"conversion {attempt.conversion} made no file")
        uri = str(outputs[attempt.file]["uri"])
        params = {} if attempt.encoding is None else {"encoding": attempt.encoding}
        answer = context.download(uri, operation=attempt.operation, headers=attempt.sent, params=params)
        _expect(context, answer, of=" in ".join((_OPTION, *attempt.sent)), opens=attempt.opens)


for _each in _ATTEMPTS:
    _attempted(_each)


@dataclass(frozen=True, slots=True)
class OwnPassword:
    """An output whose password is set, replaced and removed, with downloads in between."""

    unprotected: Exchange
    protected: Exchange
    without: Exchange
    right: Exchange
    replaced: Exchange
    old: Exchange
    new: Exchange
    removed: Exchange
    after_removal: Exchange


_OWN, _NEW_OWN = "pearl 43", "coral 44"


@step(requests=9, uses=(vault,), rule="the password of an output is set, replaced and removed")
def own_password(context: Context) -> OwnPassword:
    """The file of the conversion without a password, with passwords of its own."""
    found = vault(context)
    outputs = found.outputs_of(_OPEN)
    if not outputs:
        raise NotConclusive("the conversion without a password made no file")
    path, uri = {"job_id": found.job.id, "output_id": str(outputs[0]["id"])}, str(outputs[0]["uri"])

    def protect(password: str) -> Exchange:
        return context.call("updateOutput", path=path, json={_OPTION: password})

    return OwnPassword(
        unprotected=context.download(uri),
        protected=protect(_OWN),
        without=context.download(uri),
        right=context.download(uri, headers=_with(_OWN)),
        replaced=protect(_NEW_OWN),
        old=context.download(uri, headers=_with(_OWN)),
        new=context.download(uri, headers=_with(_NEW_OWN)),
        removed=protect(""),
        after_removal=context.download(uri),
    )


def _own(
    case: str, rule: str, look: Callable[[OwnPassword], Exchange], *, opens: bool, depends: Sequence[str] = ()
) -> None:
    @check(
        f"passwords/{case}",
        operation="downloadOutput",
        rule=rule,
        source=_SOURCE,
        uses=(vault, own_password),
        depends=tuple(depends),
    )
    def verify(context: Context) -> None:
        """The recorded download was refused, or got the file."""
        everything = bool(depends) and context.profile["empty-password"] == "everything"
        of = f"{_OPTION} of an output"
        _expect(context, look(own_password(context)), of=of, opens=opens and not everything)


_own("unprotected", "a file without a password needs none", lambda seen: seen.unprotected, opens=True)
_own("output-missing", "the password of an output protects it", lambda seen: seen.without, opens=False)
_own("output-right", "the password of an output opens it", lambda seen: seen.right, opens=True)
_own(
    "output-replaced",
    "a replaced password of an output no longer opens it",
    lambda seen: seen.old,
    opens=False,
)
_own("output-new", "the new password of an output opens it", lambda seen: seen.new, opens=True)
_own(
    "output-removed",
    "an output with an empty password is as an empty password was observed to be",
    lambda seen: seen.after_removal,
    opens=True,
    depends=("empty-password",),
)


@dataclass(frozen=True, slots=True)
class ProtectedJob:
    """A job with passwords that were changed before its start: the answer to the change, and the job."""

    changed: Exchange
    job: EndedJob


_FIRST, _SECOND, _OLD, _NEW = "amber 45", "ivory 46", "jade 47", "onyx 48"
_OF_OPTION = "agate 51"


@step(requests=5, paid_jobs=1, rule="a job with passwords completes")
def protected_job(context: Context) -> ProtectedJob:
    """A job of two files with three passwords, the last of which was replaced, and one of its conversion."""
    own = {_OPTION: _OF_OPTION}
    return _with_passwords(context, [_FIRST, _SECOND, _OLD], [_FIRST, _SECOND, _NEW], *_PROMPTS, **own)


@step(requests=4, paid_jobs=1, rule="a job that had passwords completes")
def unprotected_job(context: Context) -> ProtectedJob:
    """A job of one file whose passwords were all removed."""
    return _with_passwords(context, [_FIRST], [], _PROMPTS[0])


def _with_passwords(
    context: Context, before: Sequence[str], after: Sequence[str], *prompts: str, **options: str
) -> ProtectedJob:
    created = context.launch(
        *prompts,
        options={**SMALL, MULTIPLE: True, **options},
        outputs=len(prompts),
        process=False,
        download_passwords=list(before),
    )
    path = {"job_id": context.id_of(created)}
    body = {"download_passwords": list(after), "process": True}
    changed = context.call("updateJob", path=path, json=body)
    return ProtectedJob(changed, ended_job_of(context, created))


def _of_job(case: str, rule: str, password: str | None, *, opens: bool, file: int = 0) -> None:
    @check(
        f"passwords/job-{case}",
        operation="downloadOutput",
        rule=rule,
        source=_SOURCE,
        requests=1,
        uses=(protected_job,),
    )
    def verify(context: Context) -> None:
        """The download is refused, or gets the file."""
        uri = str(protected_job(context).job.outputs()[file]["uri"])
        answer = context.download(uri, headers={} if password is None else _with(password))
        _expect(context, answer, of="download_passwords of a job", opens=opens)


_of_job("missing", "the passwords of a job protect its files", None, opens=False)
_of_job("wrong", "a file is refused with a password that its job does not have", _WRONG, opens=False)
_of_job("first", "any password of a job opens its files: the first", _FIRST, opens=True)
_of_job("second", "any password of a job opens all its files: the second", _SECOND, opens=True, file=-1)
_of_job("replaced", "a password that was replaced in download_passwords opens nothing", _OLD, opens=False)
_of_job("option", "the password of a conversion opens a file of a job with passwords", _OF_OPTION, opens=True)
_of_job("new", "the new password in download_passwords opens the files", _NEW, opens=True)


@check(
    "passwords/job-removed",
    operation="downloadOutput",
    rule="a job whose download_passwords were emptied is not protected",
    source=_SOURCE,
    requests=1,
    uses=(unprotected_job,),
)
def job_removed(context: Context) -> None:
    """Its file needs no password."""
    download = context.download(unprotected_job(context).job.uri)
    _expect(context, download, of="download_passwords of a job", opens=True)


def _hidden(
    level: str,
    secrets: Sequence[str],
    look: Callable[[Context], Sequence[Exchange]],
    uses: tuple[Step[Any], ...],
    requests: int = 0,
) -> None:
    @check(
        f"passwords/hidden-{level}",
        operation="getJob",
        rule=f"no answer shows the download password of a {level} in clear",
        source="SDK contract",
        requests=requests,
        uses=uses,
    )
    def verify(context: Context) -> None:
        """None of them is in an answer."""
        for answer in look(context):
            if any(secret in answer.response.text for secret in secrets):
                what = (
                    f"must not show the download_password of a {level} in clear, {answer.operation.id} does"
                )
                raise answer.broken(what)


def _vault_answers(context: Context) -> Sequence[Exchange]:
    job = vault(context).job
    return job.created, job.last, context.call("listJobConversions", path={"job_id": job.id})


def _job_answers(context: Context) -> Sequence[Exchange]:
    protected = protected_job(context)
    return protected.job.created, protected.changed, protected.job.last


def _output_answers(context: Context) -> Sequence[Exchange]:
    return own_password(context).protected, own_password(context).replaced


_hidden("conversion", (PASSWORD, _OTHER, _longest()), _vault_answers, (vault,), requests=1)
_hidden("job", (_FIRST, _SECOND, _OLD, _NEW), _job_answers, (protected_job,))
_hidden("output", (_OWN, _NEW_OWN), _output_answers, (vault, own_password))


def _expect(context: Context, answer: Exchange, *, of: str, opens: bool) -> None:
    """Check that a download got the file, or was refused for want of the right password.

    Raises:
        NotConclusive: it was refused with another status than was observed; the ledger's question tells.
    """
    status = answer.response.status_code
    refusals = {choice.value for choice in ledger()[_REFUSED].choices.values()}
    if opens:
        if status != 200:
            raise answer.broken(f"must answer 200 with the right download-password ({of}), got {status}")
    elif answer.response.is_success:
        raise answer.broken(f"must be refused without the right download-password ({of}), got {status}")
    elif status not in refusals:
        raise NotConclusive(f"the download was refused with {status}")
    elif _REFUSED in context.observed and status != context.profile.value(_REFUSED):
        expected = context.profile.value(_REFUSED)
        raise answer.broken(f"must be refused with {expected} as other downloads, got {status}")
