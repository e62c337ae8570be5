"""Results of a run as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pixelpact.contract_tests.client.budget import Spent
from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.contract_tests.reports.summary import Group, grouped
from pixelpact.contract_tests.runs.plan import Plan, needs_of, steps_of
from pixelpact.contract_tests.runs.session import Target
from pixelpact.contract_tests.suite.items import Item, Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.schema import ledger, operations

WIDTH = 80
#: Ids of a group's other results that are listed.
_LISTED = 6
#: Reasons not to ask something that are listed, and ids of each, unless all are wanted.
_MOST = 10
#: Characters of an answer that are shown; a report in another form may have more.
_ANSWER = 320


def plan_text(plan: Plan) -> Iterator[str]:
    """What a run would ask, what that costs at most, and what it can't reach."""
    asked = Counter(item.area for item in plan.items)
    yield f"Would ask {_items(plan)}, with at most {cost_text(plan.cost.requests, plan.cost.paid_jobs)}:"
    for area, number in asked.items():
        yield f"  {area:<14}{number:>5}"
    if plan.leftovers:
        yield f"  {plan.leftovers} of the requests tidy what earlier runs left."
    if plan.beyond:
        yield f"Beyond the budget ({len(plan.beyond)}):"
        yield from _listed(item.id for item in plan.beyond)
    lacking: dict[str, list[str]] = {}
    for item, need in plan.lacking:
        lacking.setdefault(need.value, []).append(item.id)
    for need_text, ids in lacking.items():
        yield from textwrap.wrap(f"Not asked, for lack of {need_text} ({len(ids)}):", WIDTH)
        yield from _listed(ids)


def finding_text(group: Group, *, repeat: str) -> Iterator[str]:
    """A finding: what is wrong, the rule and its source, the answer, and how to see it again."""
    result, others = group.example, group.results[1:]
    operations = len({result.operation for result in group.results})
    where = f", in {operations} operations" if operations > 1 else ""
    count = f" ({len(group.results)} times{where})" if others else ""
    yield f"{result.verdict.value.upper()}  {result.id}{count}"
    yield from _wrapped("", f"{_subject(result)}{result.what}")
    yield from _wrapped("rule", result.rule)
    yield from _wrapped("source", f"{result.source} ({result.confidence})")
    if result.exchange is not None:
        yield from _wrapped("answer", f"{result.exchange.status} {_shortened(result.exchange.body)}")
        yield f"  {'curl':<9}{result.exchange.curl}"
    if others:
        names = [other.id for other in others[:_LISTED]]
        more = f", and {len(others) - _LISTED} more" if len(others) > _LISTED else ""
        yield from _wrapped("also", ", ".join(names) + more)
    yield f"  {'again':<9}{repeat} --only {result.id}"


def _subject(result: Result) -> str:
    """What the text of a finding is about, before the text."""
    if result.verdict is Verdict.CHANGED:
        return f"{_entry(result)}: "
    return f"{result.operation} " if result.verdict is Verdict.BREAKS else ""


def report(results: Sequence[Result], *, repeat: str, verbose: bool = False) -> Iterator[str]:
    """All findings by area, what was learned, and what was not asked: of that all, if `verbose`."""
    for group in sorted(grouped(results), key=lambda group: group.example.area):
        yield ""
        yield from finding_text(group, repeat=repeat)
    yield from learned_text([result for result in results if result.verdict is Verdict.LEARNED])
    for verdict in (Verdict.NOT_CONCLUSIVE, Verdict.NOT_ASKED, Verdict.NOT_REACHED):
        of_this = [result for result in results if result.verdict is verdict]
        yield from _reasons(verdict, of_this, most=len(of_this) if verbose else _MOST)


def key_text(target: Target, results: Sequence[Result]) -> Iterator[str]:
    """The key that the `curl` lines of findings need, if it is one that the run made for itself."""
    if target.has_own_key and any(result.verdict.is_red for result in results):
        yield ""
        yield "Before you paste a curl line, set the key of this run:"
        yield f"  export API2CONVERT_API_KEY={target.api_key}"


def learned_text(results: Sequence[Result]) -> Iterator[str]:
    """Learned answers: those other than the built-in ones line by line, the others by name."""
    if not results:
        return
    yield ""
    yield f"LEARNED  {counted(len(results), 'answer')} (pixelpact learn writes them to a profile)"
    usual = [result for result in results if result.answer == ledger()[_entry(result)].default]
    for result in results:
        if result not in usual:
            yield from _wrapped(_entry(result), result.what, indent=27)
    yield f"  as the built-in profile says ({len(usual)}):"
    yield from _listed(map(_entry, usual))


def _entry(result: Result) -> str:
    return result.id.removeprefix("ledger/")


def explanation(item: Item) -> Iterator[str]:
    """All that is known of a check or question."""
    yield item.id
    yield from _wrapped("rule", item.rule)
    yield from _wrapped("source", f"{item.source} ({item.confidence})")
    asked = operations()[item.operation]
    yield from _wrapped("asks", f"{asked.method} {asked.template}: {asked.spec['summary'].lower()}")
    steps = steps_of(item.uses)
    for used in steps:
        yield from _wrapped("after", f"{used.rule} ({cost_text(used.cost.requests, used.cost.paid_jobs)})")
    yield from _wrapped("cost", cost_text(item.cost.requests, item.cost.paid_jobs) + ", clean-up included")
    for need in needs_of(item):
        yield from _wrapped("needs", need.value)
    if isinstance(item, Probe):
        for answer in ledger()[item.entry].choices.values():
            mark = " (default)" if answer.id == ledger()[item.entry].default else ""
            yield from _wrapped("answer", f"{answer.id}{mark}: {answer.means}")
        for entry, answers in item.hidden_by.items():
            yield from _wrapped("hidden", f"by {entry}: {', '.join(sorted(answers))}")
        return
    if item.depends:
        yield from _wrapped("expects", f"what was observed of {', '.join(item.depends)}")


def example_text(result: Result, exchange: RedactedExchange | None) -> Iterator[str]:
    """What an item sends and is answered, as a mock server shows it."""
    yield ""
    yield from _wrapped(
        "", f"On a mock server it {result.verdict.value}{result.what and f': {result.what}'}."
    )
    if exchange is not None:
        yield f"  {'curl':<9}{exchange.curl}"
        yield from _wrapped("answer", f"{exchange.status} {_shortened(exchange.body)}")


def last_line(
    results: Sequence[Result], *, base_url: str, spent: Spent, seconds: float, command: str = "check"
) -> str:
    """One line for a chat: the verdict, the counts, the cost.

    >>> last_line([], base_url="http://127.0.0.1:8010/v2", spent=Spent(requests=3), seconds=1.2)
    'pixelpact check http://127.0.0.1:8010/v2: nothing asked; 3 requests, 0 paid jobs, 1 s'
    """
    counts = Counter(result.verdict for result in results)
    shown = [f"{counts[verdict]} {_word(verdict)}" for verdict in Verdict if counts[verdict]]
    text = ", ".join(shown) or "nothing asked"
    return (
        f"pixelpact {command} {base_url}: {text}; {cost_text(spent.requests, spent.paid_jobs)}, "
        f"{seconds:.0f} s"
    )


def _word(verdict: Verdict) -> str:
    return {Verdict.HOLDS: "hold", Verdict.BREAKS: "broken"}.get(verdict, verdict.value)


def _reasons(verdict: Verdict, results: Sequence[Result], *, most: int) -> Iterator[str]:
    """The ids by reason: at most so many reasons, those of most ids first, with at most so many ids each."""
    by_reason: dict[str, list[str]] = {}
    for result in results:
        by_reason.setdefault(result.what, []).append(result.id)
    reasons = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for reason, ids in reasons[:most]:
        yield ""
        yield from textwrap.wrap(f"{verdict.value.upper()}  {reason} ({len(ids)})", WIDTH)
        more = [f"and {len(ids) - most} more: --verbose"] if len(ids) > most else []
        yield from _listed(ids[:most] + more)
    if others := reasons[most:]:
        number = sum(len(ids) for _, ids in others)
        yield ""
        yield f"{verdict.value.upper()}  for {len(others)} other reasons ({number}): --verbose"


def _listed(ids: Iterable[str]) -> Iterator[str]:
    yield from textwrap.wrap(
        ", ".join(ids),
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _wrapped(name: str, text: str, *, indent: int = 11) -> Iterator[str]:
    lines = textwrap.wrap(text, WIDTH - indent, break_long_words=True, break_on_hyphens=False) or [""]
    first = f"  {name}".ljust(indent)
    if name and len(first) > indent:
        yield first
        first = " " * indent
    yield (first if name else "  ") + lines[0]
    for line in lines[1:]:
        yield (" " * indent if name else "  ") + line


def _shortened(body: str) -> str:
    return body if len(body) <= _ANSWER else f"{body[:_ANSWER]}... ({len(body)} characters)"


def _items(plan: Plan) -> str:
    questions = sum(isinstance(item, Probe) for item in plan.items)
    checks = len(plan.items) - questions
    return f"{counted(checks, 'check')} and {counted(questions, 'question')} of the ledger"


def cost_text(requests: int, paid_jobs: int) -> str:
    """What a run or a question costs."""
    return f"{counted(requests, 'request')}, {counted(paid_jobs, 'paid job')}"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "answer"), counted(2, "answer")
    ('1 answer', '2 answers')
    """
    return f"{number} {noun}{'s' * (number != 1)}"
