"""Mutants: servers that are wrong in one rule on purpose, to see what the contract tests notice.

Imported only when a mutant is asked for (`Settings.mutants`, `pixelpact serve --mutant ID`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from starlette.types import ASGIApp

from pixelpact.mockserver.callbacks.delivery import CallbackSender
from pixelpact.mockserver.errors import SettingsError
from pixelpact.mockserver.mutants.base import MUTANTS, Mutant
from pixelpact.mockserver.mutants.callback_transport import MutantTransport
from pixelpact.mockserver.mutants.traffic import Rewriting
from pixelpact.schema import did_you_mean

__all__ = ["Mutant", "all_mutants", "mutated"]


@cache
def all_mutants() -> dict[str, Mutant]:
    """All mutants by id."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(MUTANTS)


def mutated(app: ASGIApp, ids: tuple[str, ...], callbacks: CallbackSender) -> ASGIApp:
    """The application, wrong in the rules of these mutants, as its callbacks then are.

    Raises:
        SettingsError: there is no such mutant.
    """
    for mutant_id in ids:
        if mutant_id not in all_mutants():
            hint = did_you_mean(mutant_id, all_mutants()) or ";"
            raise SettingsError(f"there is no mutant {mutant_id!r}{hint} `pixelpact mutants` lists them")
        chosen = all_mutants()[mutant_id]
        if chosen.callbacks is not None:
            callbacks.transport = MutantTransport(callbacks.transport, chosen.callbacks)
        app = Rewriting(app, chosen.operations, *chosen.changes())
    return app
