"""Paid jobs with several conversions, each with options of its own, and what comes of each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.steps import EndedJob, ended_job_of
from pixelpact.schema import JSONObject, Profile


@dataclass(frozen=True, slots=True)
class SeveralJob:
    """A job with several conversions that has run."""

    job: EndedJob

    @property
    def outputs(self) -> list[JSONObject]:
        """All outputs, as the last read of the job shows them.

        Raises:
            NotConclusive: there are none.
        """
        outputs = self.job.last.at("output")
        if not isinstance(outputs, list) or not outputs:
            raise NotConclusive(f"the job {self.job.id} has no outputs")
        return outputs

    def outputs_of(self, number: int) -> list[JSONObject]:
        """The outputs of the conversion with this number, from 0.

        Raises:
            NotConclusive: there is no such conversion, or outputs do not name their conversions.
        """
        ids = [row["id"] for row in self.job.last.at("conversion")]
        if number >= len(ids) or any(row["source"]["conversion"] not in ids for row in self.outputs):
            raise NotConclusive(f"the job {self.job.id} does not show the outputs of conversion {number}")
        return [row for row in self.outputs if row["source"]["conversion"] == ids[number]]

    def only_output_of(self, number: int) -> JSONObject:
        """The output of a conversion that has one.

        Raises:
            NotConclusive: it has none, or several.
        """
        found = self.outputs_of(number)
        if len(found) != 1:
            raise NotConclusive(f"conversion {number} has {len(found)} outputs")
        return found[0]


def launch_several(
    context: Context,
    options: Sequence[Mapping[str, Any]],
    *prompts: str,
    outputs: int,
    **job: Any,
) -> Exchange:
    """The answer to `createJob` for a paid job with a conversion for each of `options`.

    Where a server pairs conversions with inputs, the prompts are repeated until each conversion has one.
    """
    if context.profile["conversions-times-inputs"] == "pairs":
        prompts = tuple(islice(cycle(prompts), len(options)))
    conversions = [context.conversion(dict(own)) for own in options]
    return context.launch(*prompts, outputs=outputs, conversion=conversions, **job)


def draw_several(
    context: Context, options: Sequence[Mapping[str, Any]], *prompts: str, outputs: int, **job: Any
) -> SeveralJob:
    """The job that `launch_several` creates, once it has ended.

    Raises:
        NotConclusive: it can't be created, or does not end.
    """
    created = launch_several(context, options, *prompts, outputs=outputs, **job)
    return SeveralJob(ended_job_of(context, created))


def expected_results(profile: Profile, conversion: int, *, prompts: int) -> int:
    """The number of pictures that a conversion (from 0) of a job with several prompts makes."""
    is_one = profile["pictures-per-job"] == "one"
    if profile["conversions-times-inputs"] == "pairs":
        return int(not is_one or conversion == 0)
    return 1 if is_one else prompts


def are_archived(profile: Profile, results: int) -> bool:
    """Whether so many results come as an archive where `allow_multiple_outputs` is not true."""
    if profile["several-results"] == "files" or not results:
        return False
    return results > 1 or profile["single-archived"] == "always"
