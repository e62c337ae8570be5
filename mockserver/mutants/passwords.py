"""Mutants in download passwords: a download is asked for with another password than the client sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from pixelpact.mockserver.mutants.album import Document
from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.protected import (
    Asked,
    Protected,
    Which,
    asked_for,
    has_own,
    is_vault,
    remembering,
    unchanged,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers

_OPTION = "download_password"
_HEADER, _ALIAS = headers().download_password
_DOWNLOADS = ("downloadOutput", "headOutput")
#: A password that nothing has.
_NOTHING = "nothing has this password"
#: The password that a download is asked for with instead; `None` leaves it as it is.
_Replaced: TypeAlias = Callable[[Asked, Protected], str | None]


def _locks(case: str, what: str, which: Which, replaced: _Replaced, **known: Any) -> None:
    """Register a mutant that takes a download as one with another password."""

    def request(job: Protected, sent: Traffic) -> None:
        if sent.operation in _DOWNLOADS:
            password = replaced(asked_for(sent), job)
            if password is not None:
                for name in (_ALIAS, "cookie"):
                    sent.set_header(name, None)
                sent.set_header(_HEADER, password)

    mutant(
        f"passwords/{case}",
        what,
        operations=("createJob", "updateJob", "updateOutput", *_DOWNLOADS),
        word="download-password",
        changes=remembering(which, request, unchanged),
        **known,
    )


def _vault(
    case: str,
    what: str,
    *,
    file: str,
    when: Callable[[Asked, str], bool],
    number: int,
    opens: bool,
    **known: Any,
) -> None:
    """A mutant of one file of the vault: `when` such a download comes, the file is open, or closed.

    `number` is that of the conversion that made the file.
    """

    def replaced(asked: Asked, job: Protected) -> str | None:
        right = job.conversions[number]
        if asked.file == file and when(asked, right):
            return right if opens else _NOTHING
        return None

    _locks(case, what, is_vault, replaced, **known)


_FILE, _SECOND_FILE, _ARCHIVE, _LONG = (
    "prompt.png",
    "prompt-2.png",
    "text-to-image.zip",
    "text-to-image-3.zip",
)


def _is_plain(asked: Asked) -> bool:
    return asked.method == "GET" and asked.is_bare


_vault(
    "missing",
    "gives a protected file without its password",
    file=_FILE,
    number=0,
    when=lambda asked, _: _is_plain(asked),
    opens=True,
)
_vault(
    "wrong",
    "gives a protected file with any password",
    file=_FILE,
    number=0,
    when=lambda asked, right: bool(asked.header) and right not in asked.header,
    opens=True,
)
_vault(
    "other-case",
    "compares passwords without their case",
    file=_SECOND_FILE,
    number=0,
    when=lambda asked, right: asked.header.lower() == right.lower(),
    opens=True,
)
_vault(
    "prefix",
    "compares only the beginning of passwords",
    file=_SECOND_FILE,
    number=0,
    when=lambda asked, right: bool(asked.header) and right.startswith(asked.header),
    opens=True,
)
_vault(
    "every-file",
    "protects only the first file of a conversion",
    file=_SECOND_FILE,
    number=0,
    when=lambda asked, _: _is_plain(asked),
    opens=True,
)
_vault(
    "header",
    f"does not read {_HEADER}",
    file=_FILE,
    number=0,
    when=lambda asked, right: asked.method == "GET" and asked.header == right,
    opens=False,
)
_vault(
    "alias",
    f"does not read {_ALIAS}",
    file=_FILE,
    number=0,
    when=lambda asked, _: bool(asked.alias),
    opens=False,
)
_vault(
    "cookie",
    "does not read the password in the cookie",
    file=_FILE,
    number=0,
    when=lambda asked, _: bool(asked.cookie),
    opens=False,
    also=("ledger/password-cookie",),
    why="that question begins with a right password in the cookie",
)
_vault(
    "list",
    "takes a list of passwords as one password",
    file=_FILE,
    number=0,
    when=lambda asked, right: "," in asked.header and right in asked.header,
    opens=False,
    also=("ledger/password-list",),
    why="that question begins with a list that has the right password",
)
_vault(
    "head-missing",
    "answers HEAD of a protected file without its password",
    file=_FILE,
    number=0,
    when=lambda asked, _: asked.method == "HEAD" and asked.is_bare,
    opens=True,
)
_vault(
    "head-right",
    "refuses HEAD of a protected file with its password",
    file=_FILE,
    number=0,
    when=lambda asked, _: asked.method == "HEAD" and bool(asked.header),
    opens=False,
)
_vault(
    "other-output",
    "opens all files with the password of one conversion",
    file=_ARCHIVE,
    number=1,
    when=lambda asked, right: bool(asked.header) and asked.header != right,
    opens=True,
)
_vault(
    "archive-missing",
    "does not protect archives",
    file=_ARCHIVE,
    number=1,
    when=lambda asked, _: _is_plain(asked),
    opens=True,
)
_vault(
    "archive-right",
    "does not open an archive with its password",
    file=_ARCHIVE,
    number=1,
    when=lambda asked, right: asked.header == right,
    opens=False,
)
_vault(
    "longest",
    "does not open a file with the longest password",
    file=_LONG,
    number=3,
    when=lambda asked, right: asked.header == right,
    opens=False,
)
_vault(
    "longest-cut",
    "compares only the first characters of long passwords",
    file=_LONG,
    number=3,
    when=lambda asked, right: len(asked.header) > len(right) // 2 and asked.header != right,
    opens=True,
)


def _every_password(asked: Asked, job: Protected) -> str | None:
    """All passwords of a job, for a GET that has none."""
    known = [password for password in (*job.conversions, *job.own) if password]
    return ",".join(known) if _is_plain(asked) and known else None


_locks(
    "missing",
    "gives protected files without their passwords",
    lambda _: True,
    _every_password,
    id="passwords/missing~everywhere",
    also=(
        "passwords/every-file",
        "passwords/archive-missing",
        "passwords/job-missing",
        "ledger/download-password-refused",
    ),
    why="each of them downloads a protected file without its password",
)


def _of_output(case: str, what: str, when: Callable[[Asked, list[str]], bool], *, opens: bool) -> None:
    """A mutant of the passwords that outputs of a vault are given, in order, one after the other."""

    def replaced(asked: Asked, job: Protected) -> str | None:
        if not job.outputs or asked.file != "text-to-image-2.zip" or not when(asked, job.outputs):
            return None
        return job.outputs[-1] if opens else _NOTHING

    _locks(case, what, is_vault, replaced)


_of_output(
    "output-missing",
    "does not protect an output with a password of its own",
    lambda asked, given: asked.is_bare and len(given) == 1,
    opens=True,
)
_of_output(
    "output-right",
    "does not open an output with its own password",
    lambda asked, given: len(given) == 1 and asked.header == given[0],
    opens=False,
)
_of_output(
    "output-replaced",
    "opens an output with its former password too",
    lambda asked, given: len(given) > 1 and asked.header == given[0],
    opens=True,
)
_of_output(
    "output-new",
    "does not open an output with its new password",
    lambda asked, given: len(given) > 1 and asked.header == given[1],
    opens=False,
)


def _refused(case: str, what: str, which: Which, when: Callable[[Protected, Traffic], bool]) -> None:
    """Register a mutant that refuses a file that needs no password."""

    def response(job: Protected, answered: Traffic) -> None:
        if answered.operation == "downloadOutput" and when(job, answered):
            answered.status, answered.body = 401, b'{"message": "A password is needed"}'

    mutant(
        f"passwords/{case}",
        what,
        operations=("createJob", "updateJob", "updateOutput", *_DOWNLOADS),
        word="download-password",
        changes=remembering(which, unchanged, response),
    )


def _is_open_file(answered: Traffic) -> bool:
    return answered.path.endswith("/text-to-image-2.zip")


_refused(
    "unprotected",
    "protects files of a job in which others are protected",
    is_vault,
    lambda job, answered: _is_open_file(answered) and not job.outputs,
)
_refused(
    "output-removed",
    "protects an output after its password was removed",
    is_vault,
    lambda job, answered: _is_open_file(answered) and job.outputs[-1:] == [""],
)


def _of_job(case: str, what: str, when: Callable[[Asked, list[str]], bool], *, opens: bool) -> None:
    """A mutant of jobs with passwords of their own: those given first, then those that replaced them."""

    def replaced(asked: Asked, job: Protected) -> str | None:
        if not when(asked, job.own):
            return None
        return job.own[0] if opens else _NOTHING

    _locks(f"job-{case}", what, has_own, replaced)


_of_job(
    "missing", "does not protect files by download_passwords", lambda asked, _: _is_plain(asked), opens=True
)
_of_job(
    "wrong",
    "opens the files of a job with any password",
    lambda asked, known: bool(asked.header) and asked.header not in known,
    opens=True,
)
_of_job(
    "first",
    "reads only the last of download_passwords",
    lambda asked, own: asked.header == own[0],
    opens=False,
)
_of_job(
    "second",
    "reads only the first of download_passwords",
    lambda asked, own: len(own) > 1 and asked.header == own[1],
    opens=False,
)
_of_job(
    "replaced",
    "keeps download_passwords that were replaced",
    lambda asked, own: len(own) > 2 and asked.header == own[2],
    opens=True,
)
_of_job(
    "new", "does not take new download_passwords", lambda asked, own: asked.header == own[-1], opens=False
)
_locks(
    "job-option",
    "does not take the password of a conversion where its job has passwords",
    has_own,
    lambda asked, job: _NOTHING if asked.header and asked.header in job.conversions else None,
)
_refused(
    "job-removed",
    "keeps a job protected whose download_passwords were emptied",
    has_own,
    lambda job, _: len(job.own) == 1,
)


def _shown(level: str, which: Which, operation: str, show: Callable[[Protected, Document], None]) -> None:
    """Register a mutant that shows passwords of a job that has run in clear."""

    def response(job: Protected, answered: Traffic) -> None:
        document = answered.json
        if answered.operation == operation and isinstance(document, dict):
            show(job, document)
            answered.json = document

    mutant(
        f"passwords/hidden-{level}",
        f"shows the download password of a {level} in clear",
        operations=("createJob", "updateJob", "updateOutput", operation),
        word="download_password",
        changes=remembering(which, unchanged, response),
    )


def _show_option(job: Protected, document: Document) -> None:
    document["conversion"][0]["options"][_OPTION] = job.conversions[0]


def _show_list(job: Protected, document: Document) -> None:
    document["download_passwords"] = job.own[:1]


def _show_own(job: Protected, document: Document) -> None:
    document["metadata"] = {_OPTION: job.outputs[-1]}


_shown("conversion", is_vault, "getJob", _show_option)
_shown("job", has_own, "getJob", _show_list)
_shown("output", is_vault, "updateOutput", _show_own)
