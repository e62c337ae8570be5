"""`GET /jobs`: an account's jobs, all of them and no others, in order, by page and by status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pixelpact.contract_tests.model.account import Account, success
from pixelpact.contract_tests.model.job import possible_statuses, status_of
from pixelpact.schema import JSONObject, headers, page_size, statuses

_OPERATION = "listJobs"
_RULE = "an account lists exactly its jobs"
_NO_CONTENT = 204


def earlier_jobs(account: Account) -> Iterator[str]:
    """The ids of the jobs that an account had before anything was asked."""
    page = 0
    rows: list[JSONObject] | None = None
    while rows is None or len(rows) == page_size():
        page += 1
        answer = account.ask(
            _OPERATION, success(_OPERATION), _NO_CONTENT, params={"page": page}, rule="jobs are listed"
        )
        rows = answer.response.json() if answer.response.content else []
        yield from (row["id"] for row in rows)


def list_jobs(account: Account, *, page: int = 1, status: str | None = None) -> None:
    """Ask for a page, of the jobs with a status if one is given, and judge it.

    Raises:
        ContractBroken: it lacks a job, has one too many, shows one wrongly, or is out of order.
    """
    word = account.profile.value("processing-word") if status == "processing" else status
    params = {"page": page, **({} if word is None else {"status": word})}
    known, before = {*account.jobs, *account.earlier}, _expected(account, status)
    is_past = page > 1 and len(known) <= (page - 1) * page_size()
    statuses_of_pages = [_status(account, is_past=is_past)]
    if account.profile["no-match"] == "no-content" and not any(before.values()):
        statuses_of_pages.append(_NO_CONTENT)
    answer = account.ask(_OPERATION, *statuses_of_pages, params=params, rule=_RULE)
    if answer.response.status_code == _NO_CONTENT:
        return
    rows: list[JSONObject] = account.document(answer, "Job", rule=_RULE, rows=True)
    own = [row for row in rows if row["id"] not in account.earlier]
    ids = [row["id"] for row in own]
    faults = [f"must list only the account's jobs, lists {each}" for each in ids if each not in account.jobs]
    if is_past and rows:
        faults.append(f"must list nothing on page {page}, past the end, lists {len(rows)} jobs")
    faults += [f"must not list {each} under the status {status}" for each in ids if before.get(each) is False]
    if len(known) <= page_size() and page == 1:
        lacking = [each for each, listed in before.items() if listed and each not in ids]
        faults += [f"must list {each}" for each in lacking]
        count = answer.response.headers.get(headers().count)
        if count != str(len(rows)):
            faults.append(f"must say {headers().count}: {len(rows)}, says {count}")
    order = (
        list(account.jobs) if account.profile["listing-order"] == "oldest-first" else [*account.jobs][::-1]
    )
    if ids != [each for each in order if each in ids]:
        faults.append(f"must list {account.profile['listing-order']}, lists {ids}")
    account.check(answer, faults, rule=_RULE)
    for row in own:
        if status is not None and status_of(row, account.profile) != status:
            what = f"must list jobs with the status {status} only, lists one that is {row['status']['code']}"
            raise account.broken(answer, what, rule=_RULE)
        account.seen(answer, row, rule=_RULE)


def _status(account: Account, *, is_past: bool) -> int:
    """With which status a page is answered."""
    question = None
    if not account.jobs and not account.earlier and account.profile["empty-listing"] == "no-content":
        question = "empty-listing"
    elif is_past:
        question = "page-past-end"
    silent = question is not None and account.profile[question] == "no-content"
    return _NO_CONTENT if silent else success(_OPERATION)


def _expected(account: Account, status: str | None) -> Mapping[str, bool | None]:
    """Whether each job must be listed under a status; `None` where it may be or not."""
    if status is not None:
        wanted = {status}
    elif account.profile["listing-scope"] == "all":
        wanted = {*statuses()}
    else:
        wanted = {code for code, each in statuses().items() if not each.terminal}
    expected: dict[str, bool | None] = {}
    for job in account.jobs.values():
        possible = possible_statuses(job, account.profile)
        expected[job.id] = None if possible & wanted and not possible <= wanted else possible <= wanted
    return expected
