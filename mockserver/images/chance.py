"""Pseudorandom numbers that depend on their name alone, not on any state or order.

Each number is a slice of SHAKE-128 (FIPS 202), which every build of Python has. Nothing depends on the
platform, on NumPy's generators or on how many numbers have been taken before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chance:
    """A source of named pseudorandom numbers; equal keys give equal numbers."""

    key: bytes

    @classmethod
    def of(cls, *parts: object) -> Chance:
        """The source for some JSON values.

        >>> Chance.of("a lighthouse", 7) == Chance.of("a lighthouse", 7) != Chance.of("a lighthouse", 8)
        True
        """
        return cls(hashlib.blake2b(json.dumps(parts).encode("ascii"), digest_size=16).digest())

    def number(self, name: str, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included; their difference is less than 2^32.

        >>> 1 <= Chance.of(1).number("die", 1, 6) <= 6
        True
        """
        word = int.from_bytes(self.stream(name, 4), "little")
        return low + (word * (high - low + 1) >> 32)

    def numbers(self, name: str, count: int, low: int, high: int) -> npt.NDArray[np.int64]:
        """`count` integers from `low` to `high`, both included; their difference is less than 2^31.

        >>> Chance.of(1).numbers("dice", 3, 1, 6).shape
        (3,)
        """
        words = np.frombuffer(self.stream(name, 4 * count), dtype="<u4").astype(np.int64)
        return low + (words * (high - low + 1) >> 32)

    def pick(self, name: str, items: Sequence[T]) -> T:
        """One of `items`."""
        return items[self.number(name, 0, len(items) - 1)]

    def stream(self, name: str, size_bytes: int) -> bytes:
        """`size_bytes` bytes, each from 0 to 255."""
        return hashlib.shake_128(self.key + name.encode("utf-8")).digest(size_bytes)
