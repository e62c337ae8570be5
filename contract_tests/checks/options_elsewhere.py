"""Checks of options in conversions that are added or changed, and in presets: the rules of a new job hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pixelpact.contract_tests.checks.options import batches, described, verify_alone, verify_in_batch
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Cost, Step, check
from pixelpact.contract_tests.suite.option_routes import OPTION_ROUTES, send_options
from pixelpact.contract_tests.suite.refusals import depends_on, id_of, id_of_operation
from pixelpact.strategies import Invalid, single_faults

_SOURCE = "text-to-image option table; vendor OpenAPI 2.0.1 documents 400 for these operations"
#: Faults of the type that are asked together, an option each: numbers as texts, a number as a boolean.
_OF_TYPE = ("numeric-string", "truthy-one", "is-number")
_TIGHTER = {"trailing-newline", "title-case", "padded", "just-too-long"}


def tightest_faults() -> tuple[Invalid, ...]:
    """The tightest fault of each option and keyword but `type`, of the options as a whole, and of a name."""
    found: dict[tuple[str | None, str], Invalid] = {}
    for fault in single_faults():
        is_unknown = fault.keyword == "additionalProperties"
        place = (None if is_unknown else fault.option, fault.keyword)
        if place not in found or fault.case in _TIGHTER:
            found[place] = fault
    return tuple(fault for fault in found.values() if fault.keyword != "type" or fault.option is None)


def faults_of_type() -> Iterator[Invalid]:
    """A fault of the type in each option: the one that careless code lets pass."""
    of_type = [fault for fault in single_faults() if fault.keyword == "type" and fault.option]
    for option in dict.fromkeys(fault.option for fault in of_type):
        own = {fault.case: fault for fault in of_type if fault.option == option}
        yield next(own[case] for case in _OF_TYPE if case in own)


def is_asked_alone(fault: Invalid) -> bool:
    """Whether a fault has a request of its own: that of the options as a whole."""
    return fault.option is None


def _name(fault: Invalid) -> str:
    if fault.keyword == "additionalProperties":
        return "additional"
    if fault.keyword == "type" and fault.option is not None:
        return id_of(fault.id)
    return id_of(f"{fault.option or 'payload'}-{fault.keyword}")


def _register_alone(operation: str, fault: Invalid) -> None:
    @check(
        f"options/{id_of_operation(operation)}-{_name(fault)}",
        operation=operation,
        rule=f"{described(fault)} is refused, as in a new job",
        source=_SOURCE,
        requests=1,
        uses=OPTION_ROUTES[operation],
        depends=depends_on(fault),
    )
    def verify(context: Context) -> None:
        verify_alone(context, fault, partial(send_options, operation=operation))


def _register_together(operation: str, number: int, faults: tuple[Invalid, ...]) -> None:
    options = {name: value for fault in faults for name, value in fault.payload.items()}
    sent = Step(
        f"options.{operation}-{number}",
        "several invalid options are refused",
        lambda context: send_options(context, options, operation=operation),
        Cost(1),
        OPTION_ROUTES[operation],
    )
    for fault in faults:
        _register_one_of(operation, fault, sent)


def _register_one_of(operation: str, fault: Invalid, sent: Step[Exchange]) -> None:
    @check(
        f"options/{id_of_operation(operation)}-{_name(fault)}",
        operation=operation,
        rule=f"{described(fault)} is refused, as in a new job",
        source=_SOURCE,
        uses=(sent,),
        depends=depends_on(fault),
    )
    def verify(context: Context) -> None:
        verify_in_batch(context, sent(context), fault, partial(send_options, operation=operation))


def _register() -> None:
    for operation in OPTION_ROUTES:
        for fault in filter(is_asked_alone, tightest_faults()):
            _register_alone(operation, fault)
        together = [fault for fault in tightest_faults() if not is_asked_alone(fault)]
        for number, batch in enumerate((*batches(together), tuple(faults_of_type())), 1):
            _register_together(operation, number, batch)


_register()
