"""Scenarios: the failures that the server can produce on request, and how a choice of them is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from pixelpact.mockserver.errors import ScenarioError
from pixelpact.schema import find_violations, load_document, validator

#: API keys that choose a scenario for their account: `scenario-NAME` or `scenario-NAME--ANYTHING`.
_KEY_PREFIX, _KEY_END = "scenario-", "--"
#: Parameters that every scenario has, beside those that its entry names.
_COMMON = ("times", "probability", "seed", "method", "path", "duration_s")


@dataclass(frozen=True, slots=True)
class Scenario:
    """An entry of `scenarios.json`.

    `parameters` are all that it takes, with their defaults. It is about some `operations` only, or about all.
    `answer` names the refusal (`status` replaces its status), `faults` the faults that it injects into a job.
    """

    name: str
    summary: str
    effect: str
    parameters: Mapping[str, Any]
    operations: tuple[str, ...] = ()
    answer: str = ""
    status: int | None = None
    faults: Mapping[str, Any] = field(default_factory=dict)


@cache
def scenarios() -> Mapping[str, Scenario]:
    """All scenarios by name, in the order of `scenarios.json`.

    >>> scenarios()["rate-limited"].parameters["times"]
    2
    """
    known = load_document("scenarios")
    common = {name: known["parameters"][name].get("default") for name in _COMMON}
    return MappingProxyType(
        {
            entry["name"]: Scenario(
                name=entry["name"],
                summary=entry["summary"],
                effect=entry["effect"],
                parameters=MappingProxyType({**common, **entry["with"]}),
                operations=tuple(entry.get("operations", ())),
                answer=entry.get("answer", ""),
                status=entry.get("status"),
                faults=entry.get("faults", {}),
            )
            for entry in known["scenarios"]
        }
    )


def find_scenario(name: object) -> Scenario:
    """The scenario with that name.

    Raises:
        ScenarioError: no scenario has that name.
    """
    if name not in list(scenarios()):
        raise ScenarioError(f"There is no scenario {name!r}. Known: {', '.join(scenarios())}.")
    return scenarios()[str(name)]


def scenario_of_key(api_key: str) -> str | None:
    """The scenario that an API key names, known or not; `None` for an ordinary key.

    >>> scenario_of_key("scenario-rate-limited--my-test"), scenario_of_key("a-key")
    ('rate-limited', None)
    """
    if not api_key.startswith(_KEY_PREFIX):
        return None
    return api_key.removeprefix(_KEY_PREFIX).partition(_KEY_END)[0]


def read_choices(text: str | bytes) -> list[Any]:
    """The choices that a JSON text makes: one, or a list of them, as names or as objects with parameters.

    Raises:
        ScenarioError: the text is not JSON.

    >>> read_choices('{"scenario": "slow", "at_most_s": 3}')
    [{'scenario': 'slow', 'at_most_s': 3}]
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"The scenarios are not valid JSON: {error}.") from None
    return value if isinstance(value, list) else [value]


def checked_choice(choice: Any) -> tuple[Scenario, Mapping[str, Any]]:
    """The scenario that a choice names, and all its parameters.

    Raises:
        ScenarioError: the scenario or a parameter is unknown, or a parameter makes no sense.
    """
    if isinstance(choice, str):
        choice = {"scenario": choice}
    if not isinstance(choice, Mapping) or "scenario" not in choice:
        raise ScenarioError(
            'A choice is the name of a scenario, or an object such as {"scenario": "slow", "at_most_s": 3}.'
        )
    scenario = find_scenario(choice["scenario"])
    given = {name: value for name, value in choice.items() if name != "scenario"}
    known = load_document("scenarios")["parameters"]
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: known[name] for name in scenario.parameters},
    }
    faults = find_violations(validator(schema), given)
    if faults:
        raise ScenarioError(
            f"The scenario {scenario.name} can't be played so: {'; '.join(map(str, faults))}."
        )
    given = {name: _plain(value, known[name]) for name, value in given.items()}
    parameters = {**scenario.parameters, **given}
    if parameters.get("at_least_s", 0) > parameters.get("at_most_s", 0):
        raise ScenarioError(f"The scenario {scenario.name} needs at_least_s to be at most at_most_s.")
    return scenario, MappingProxyType(parameters)


def _plain(value: Any, spec: Mapping[str, Any]) -> Any:
    """The value; an integer that is written as `2.0` (JSON Schema takes it for one) as `2`."""
    return int(value) if isinstance(value, float) and "integer" in spec["type"] else value
