"""Requests as `curl` lines and bodies as text, with every secret masked."""

from __future__ import annotations

import json
import shlex

import httpx

from pixelpact.contract_tests.client.urls import without_userinfo
from pixelpact.schema import headers

_EXCERPT_CHARACTERS = 600
#: In place of a secret header's value, a `curl` line names the variable to fill in.
_PLACEHOLDERS = {
    **{name.lower(): "$API2CONVERT_API_KEY" for name in headers().api_key},
    **{name.lower(): "$JOB_TOKEN" for name in headers().job_token},
    **{name.lower(): "$DOWNLOAD_PASSWORD" for name in headers().download_password},
    "authorization": "$AUTHORIZATION",
    "cookie": "$COOKIE",
}
#: Headers that curl adds itself or that do not matter to the reader.
_UNINTERESTING = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
_SECRET_FIELDS = {"token", "download_password", "download_passwords", "credentials"}
_MASK = "***"


def curl(request: httpx.Request) -> str:
    """A `curl` line that sends the request again, with every secret replaced by a variable's name."""
    parts = ["curl", "-i"]
    if request.method != "GET":
        parts += ["-X", request.method]
    parts.append(shlex.quote(without_userinfo(str(request.url))))
    for name, value in request.headers.items():
        if name not in _UNINTERESTING:
            placeholder = _PLACEHOLDERS.get(name)
            # Double quotes, so that the shell fills the variable in.
            parts += ["-H", f'"{name}: {placeholder}"' if placeholder else shlex.quote(f"{name}: {value}")]
    try:
        body = request.content
    except httpx.RequestNotRead:
        body = b""
    if body:
        parts += ["--data-binary", shlex.quote(excerpt(masked_text(body)))]
    return " ".join(parts)


def masked_text(content: bytes) -> str:
    """A body as text: secret fields of JSON are masked, binary content is given by its length.

    URLs in it are without user and password.

    >>> masked_text(b'{"token": "5417", "id": "1"}'), masked_text(bytes(2))
    ('{"token": "***", "id": "1"}', '<2 bytes>')
    """
    try:
        text = printable(json.dumps(_masked(json.loads(content)), ensure_ascii=False))
    except (ValueError, RecursionError):
        text = content.decode("utf-8", "replace")
        if not text.isprintable():
            return f"<{len(content)} bytes>"
    return without_userinfo(text)


def in_json(value: object) -> str:
    """A value in a message, as JSON shows it.

    >>> in_json(None), in_json(["a", 1.5])
    ('null', '["a", 1.5]')
    """
    return json.dumps(value, ensure_ascii=False, default=str)


def json_type(value: object) -> str:
    """The type of a JSON value in a message.

    >>> json_type(None), json_type({}), json_type(1.5)
    ('null', 'an object', 'a number')
    """
    names = {dict: "an object", list: "an array", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def printable(text: str) -> str:
    r"""The text, with escapes in place of what no terminal or file can take (lone surrogates).

    >>> printable("a" + chr(0xD800))
    'a\\ud800'
    """
    return text.encode("utf-8", "backslashreplace").decode()


def excerpt(text: str) -> str:
    """The text, cut after 600 characters; a cut text ends with its full length."""
    if len(text) <= _EXCERPT_CHARACTERS:
        return text
    return f"{text[:_EXCERPT_CHARACTERS]}... ({len(text)} characters)"


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _MASK if name in _SECRET_FIELDS and item else _masked(item) for name, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value
