"""Ids, tokens and seeds, derived from their parts: equal parts give equal results in every run."""

from __future__ import annotations

import hashlib

import orjson

from pixelpact.schema import options_schema

_DIGITS = b"0123456789abcdefghijklmnopqrstuvwxyz"
_TO_DIGITS = bytes(_DIGITS[byte % len(_DIGITS)] for byte in range(256))


def derive(*parts: str | int) -> bytes:
    """32 bytes that depend on every part and on where one ends and the next begins."""
    return hashlib.sha256(orjson.dumps(parts)).digest()


def derive_id(*parts: str | int) -> str:
    """An id in the form of a UUID, version 4 (RFC 9562 section 5.4).

    >>> derive_id(0, "account", "job", 1)
    'c0bae299-3e9f-48b0-9f3f-14f9753639b7'
    """
    digits = derive(*parts).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def part_id(job_id: str, number: int) -> str:
    """The id of the part with the given number (from 0) of a job: the job's id plus 1 plus the number.

    >>> part_id("c0bae299-3e9f-48b0-9f3f-14f9753639b7", 0)
    'c0bae299-3e9f-48b0-9f3f-14f9753639b8'
    """
    return f"{job_id[:24]}{(int(job_id[24:], 16) + 1 + number) % 16**12:012x}"


def derive_token(*parts: str | int) -> str:
    """A token of 32 digits and lower-case letters, as the API's job tokens are."""
    return derive("token", *parts).translate(_TO_DIGITS).decode()


def derive_seed(*parts: str | int) -> int:
    """A seed within the range of the option `seed`."""
    limits = options_schema()["properties"]["seed"]
    lowest, highest = limits["minimum"], limits["maximum"]
    return int(lowest + int.from_bytes(derive("seed", *parts)) % (highest - lowest + 1))


def canonical_json(value: object) -> str:
    """The JSON text of a value, equal for equal values: keys sorted, `7.0` written as `7`.

    >>> canonical_json({"b": 7.0, "a": [1.5]})
    '{"a":[1.5],"b":7}'
    """
    return _canonical_bytes(value).decode()


def payload_digest(value: object) -> str:
    """A digest of 32 hexadecimal digits, equal for equal JSON values."""
    return hashlib.sha256(_canonical_bytes(value)).hexdigest()[:32]


def account_of(api_key: str) -> str:
    """The name of the account that a key opens; the key can't be read from it."""
    return derive("account", api_key).hex()[:16]


def _canonical_bytes(value: object) -> bytes:
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if b".0" in text:  # may be a whole number written with a fraction
        text = orjson.dumps(_canonical(value), option=orjson.OPT_SORT_KEYS)
    return text


def _canonical(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) < 2**53 else value
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value
