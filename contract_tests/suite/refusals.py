"""Refusals of invalid options and fields: what a server with the observed profile answers to a fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.schema import Profile, as_object
from pixelpact.strategies import Invalid

#: What is wrong with a value, by the JSON Schema keyword that it breaks.
_WRONG = {
    "type": "of a wrong type",
    "enum": "none of the choices",
    "minimum": "below the minimum",
    "maximum": "above the maximum",
    "pattern": "not of the documented form",
    "required": "missing",
}
#: What checks of refusals expect by what was observed.
REFUSAL_ENTRIES = ("invalid-request", "error-fields")


def id_of(text: str) -> str:
    """The text as a part of a check's id.

    >>> id_of("cfg_scale-maximum-just-above"), id_of("conversion[0].target-enum")
    ('cfg-scale-maximum-just-above', 'conversion-0-target-enum')
    """
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


def id_of_operation(operation: str) -> str:
    """An operation as a part of a check's id.

    >>> id_of_operation("addConversion"), id_of_operation("uploadBase64")
    ('add-conversion', 'upload-base64')
    """
    return re.sub("(?=[A-Z])", "-", operation).lower()


def tolerating_entry(fault: Invalid) -> str | None:
    """The entry of the ledger that decides whether options with this fault are refused; `None` if none does.

    >>> tolerating_entry(Invalid({"seed": "20"}, "seed", "type", "numeric-string"))
    'numeric-text'
    """
    if fault.keyword == "additionalProperties":
        return "unknown-option"
    if fault.case.endswith("trailing-newline"):
        return "trailing-newline"
    return "numeric-text" if fault.case.endswith("numeric-string") else None


def is_refused(fault: Invalid, profile: Profile) -> bool:
    """Whether a server with this profile refuses options with this fault."""
    entry = tolerating_entry(fault)
    return entry is None or profile[entry] == "refuse"


def wrong(fault: Invalid) -> str:
    """What is wrong with the value of a fault, in the words of a message.

    >>> wrong(Invalid({"seed": True}, "seed", "type", "is-boolean"))
    'of a wrong type'
    """
    return _WRONG.get(fault.keyword, fault.case.removeprefix("item-").replace("-", " "))


def depends_on(*faults: Invalid) -> tuple[str, ...]:
    """The entries of the ledger that a check of these faults depends on."""
    entries = [entry for fault in faults if (entry := tolerating_entry(fault))]
    return (*REFUSAL_ENTRIES, *dict.fromkeys(entries))


def expect_refused(context: Context, answer: Exchange, what: str) -> None:
    """Check that `what` was refused with the observed status.

    Raises:
        ContractBroken: it was not.
    """
    status, expected = answer.response.status_code, context.profile.value("invalid-request")
    if status != expected:
        raise answer.broken(f"must refuse {what} with {expected}, got {status}")


def errors_of(context: Context, answer: Exchange) -> Mapping[str, Any] | None:
    """The `errors` of a refusal by name; `None` if the refusals of this server have none.

    Raises:
        ContractBroken: others have them, and this one does not.
    """
    if context.profile["error-fields"] == "message":
        return None
    missing = {"message", "errors"} - as_object(answer.json()).keys()
    if missing:
        raise answer.broken(f"must have {' and '.join(f'`{name}`' for name in sorted(missing))} in a refusal")
    return as_object(answer.at("errors"))


def expect_named(context: Context, answer: Exchange, name: str) -> None:
    """Check that a refusal names an option or field in its `errors`, where refusals have them.

    Raises:
        ContractBroken: it does not.
    """
    errors = errors_of(context, answer)
    if errors is not None and name not in errors:
        raise answer.broken(f"must name {name!r} in `errors`, names {', '.join(errors) or 'nothing'}")
