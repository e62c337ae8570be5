"""Accounts and what stands above them: the server, its namespaces, and the accounts of each namespace.

A server has one namespace, the unnamed one, unless it is given others. A level is written as text: `*` is
the server, `tests/*` the namespace `tests`, `tests/4f1c...` an account of it, `4f1c...` one of the unnamed
namespace.
"""

from __future__ import annotations

from functools import lru_cache

#: The level of the server itself; what is set there holds for everybody who has nothing else set.
SERVER = "*"


def account_in(namespace: str, account: str) -> str:
    """The id of an account, named after its key alone, in a namespace.

    >>> account_in("", "4f1c"), account_in("tests", "4f1c")
    ('4f1c', 'tests/4f1c')
    """
    return f"{namespace}/{account}" if namespace else account


def namespace_level(namespace: str) -> str:
    """The level of a namespace; that of the unnamed one is the server's.

    >>> namespace_level("tests"), namespace_level("")
    ('tests/*', '*')
    """
    return account_in(namespace, SERVER)


@lru_cache(maxsize=1024)
def levels_above(level: str) -> tuple[str, ...]:
    """The levels whose settings hold for a level, the most general first, itself last.

    >>> levels_above("tests/4f1c"), levels_above("4f1c"), levels_above("*")
    (('*', 'tests/*', 'tests/4f1c'), ('*', '4f1c'), ('*',))
    """
    namespace, _, _ = level.rpartition("/")
    found = (SERVER, namespace_level(namespace), level)
    return tuple(dict.fromkeys(found))


def is_within(account: str, level: str) -> bool:
    """Whether an account belongs to a level.

    >>> is_within("tests/4f1c", "tests/*"), is_within("4f1c", "tests/*"), is_within("4f1c", "*")
    (True, False, True)
    """
    return level == account or level in levels_above(account)
