"""Take secrets out of what is kept of a request: keys, tokens, passwords, credentials.

Text that can't be read well enough to be sure is not kept at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any, NewType

import orjson

from pixelpact.mockserver.jobs.documents import MASK
from pixelpact.schema import headers

#: No client needs more headers, or longer ones, and the journal keeps those of ten thousand requests.
_MOST_HEADERS, _LONGEST_HEADER, _LONGEST_PATH = 100, 4096, 4096
#: A field holds secrets if its name contains one of these words, or is one of these names.
_WORDS = (
    *("password", "passwd", "passphrase", "credential", "secret", "token", "signature", "authorization"),
    *("apikey", "api_key", "api-key", "accesskey", "access_key", "privatekey", "private_key"),
)
_NAMES = frozenset({"pass", "pwd", "auth", "sig", "key", "cookie"})
#: Fast check: every word and name above contains one of these.
_STEMS = ("pass", "pwd", "cred", "secret", "token", "sig", "auth", "key", "cookie")
#: A URL with a query, with a user before its host, or too long to be searched.
_SUSPECT_URL = re.compile(r":\\?/\\?/(?:[^\"?@]{0,2047}[?@]|[^\"?@\s]{2048})")
_QUERY, _USER, _LONG = (
    re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,16}://[^\s?#]{0,2048})\?[^\s#]*"),
    re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,16}://)[^\s/?#@]{0,2048}@"),
    re.compile(r"://[^\s?#]{2049}"),
)
_ESCAPED = re.compile(r"%[0-9a-fA-F]{2}|\\u")

#: Headers without secrets, which may be kept.
Redacted = NewType("Redacted", Sequence[tuple[bytes, bytes]])


def redacted_headers(raw: Iterable[tuple[bytes, bytes]]) -> Redacted:
    """The headers with a mask in place of each secret value.

    Headers past the 100th or over 4096 bytes are dropped.

    >>> redacted_headers([(b"x-oc-token", b"t0ken"), (b"accept", b"*/*")])
    [(b'x-oc-token', b'********'), (b'accept', b'*/*')]
    """
    return Redacted(
        [
            (name, _redacted_header(name, value))
            for name, value in islice(raw, _MOST_HEADERS)
            if len(name) + len(value) <= _LONGEST_HEADER
        ]
    )


def redacted_body(body: bytes, *, max_bytes: int) -> str:
    """The part of a body that may be kept: JSON or plain text without secrets, shortened to `max_bytes`.

    >>> redacted_body(b'{"download_passwords": ["sesame"], "process": true}', max_bytes=100)
    '{"download_passwords":"********","process":true}'
    >>> redacted_body(b'["https://me:sesame@app.example/hook?key=1"]', max_bytes=100)
    '["https://********@app.example/hook?********"]'
    >>> redacted_body(b"download_password: sesame", max_bytes=100)
    '(25 bytes, not kept: they may hold a secret)'
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text)"
    if "\0" in text:  # UTF-8 by accident: another encoding, or a binary file
        return f"({len(body)} bytes that are not text)"
    if _may_hold_a_secret(text):
        try:
            body = orjson.dumps(_masked(orjson.loads(body)))
        except (ValueError, TypeError):
            words = any(map(text.lower().__contains__, _WORDS))
            if words or _SUSPECT_URL.search(text) or _ESCAPED.search(text):
                return f"({len(body)} bytes, not kept: they may hold a secret)"
        text = body.decode()
    return (
        text if len(body) <= max_bytes else f"{body[:max_bytes].decode(errors='ignore')}… ({len(body)} bytes)"
    )


def shortened(path: str) -> str:
    """A path, cut off if it is very long.

    >>> shortened("/v2/jobs")
    '/v2/jobs'
    """
    return path if len(path) <= _LONGEST_PATH else path[:_LONGEST_PATH] + "…"


def redacted_query(query: bytes) -> str:
    """A query string, masked if it may hold a secret.

    >>> redacted_query(b"page=2"), redacted_query(b"token=t0ken")
    ('page=2', '********')
    """
    text = query.decode("latin-1")
    return MASK if _may_hold_a_secret(text) or "%" in text else shortened(text)


_MASK_BYTES = MASK.encode()


def _may_hold_a_secret(text: str) -> bool:
    """Whether a text has a suspicious word, an escape that may hide one, or a URL that may hold a secret."""
    if any(map(text.lower().__contains__, _STEMS)):  # `map` is faster than a loop, and every body is checked
        return True
    return "\\" in text or "%" in text or ("://" in text and _SUSPECT_URL.search(text) is not None)


def _is_secret(name: str) -> bool:
    lower = name.lower()
    return lower in _NAMES or any(word in lower for word in _WORDS)


def _redacted_header(name: bytes, value: bytes) -> bytes:
    lower = name.decode("latin-1").lower()
    sounds_secret = _is_secret(lower) or "auth" in lower or lower.endswith("key")
    if name in _secret_headers() or (sounds_secret and lower != headers().idempotency_key.lower()):
        return _MASK_BYTES
    text = value.decode("latin-1")
    return value if "://" not in text else _without_secrets(text).encode("latin-1")


def _without_secrets(text: str) -> str:
    """A text with the queries and users of its URLs masked."""
    return MASK if _LONG.search(text) else _USER.sub(rf"\1{MASK}@", _QUERY.sub(rf"\1?{MASK}", text))


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if _is_secret(name) and item not in ([], {}, "", None) else _masked(item)
            for name, item in value.items()
        }
    if isinstance(value, str):
        return _without_secrets(value)
    return [_masked(item) for item in value] if isinstance(value, list) else value


@cache
def _secret_headers() -> frozenset[bytes]:
    api = headers()
    names = (*api.api_key, *api.job_token, *api.download_password, "authorization", "cookie", "set-cookie")
    return frozenset(name.lower().encode() for name in names)
