"""URLs that a person gives: whether they can be used, and how they are shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

#: The user and password before a host.
_USERINFO = re.compile(r"(?<=://)[^/?#\s\"<>]*@")
_IN_NO_URL = re.compile(r"[\s\"<>\\^`{|}]")


def without_userinfo(text: str) -> str:
    """A URL as it is shown and stored: without user and password; also a text with URLs in it.

    >>> without_userinfo("http://user:pa55@127.0.0.1:8010/v2")
    'http://127.0.0.1:8010/v2'
    """
    return _USERINFO.sub("", text)


def url_fault(url: str) -> str:
    """What is wrong with a URL to which paths are added; `""` if it can be used.

    >>> url_fault("http://127.0.0.1:80a/v2")
    'its host or port is not valid'
    """
    if _IN_NO_URL.search(url) or not url.isprintable():
        return "it has a space or another character that must not be in a URL"
    try:
        parts = urlsplit(url)
        is_valid = parts.port != 0
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        is_valid = False
    if not is_valid:
        return "its host or port is not valid"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "it must start with http:// or https:// and a host"
    if "?" in url or "#" in url:
        return "paths are added to it, so it must not have a ? or #"
    return ""


def recognizable(url: str) -> str:
    """A URL that can't be used, without what may be a secret in it: all before `@`, and its query.

    >>> recognizable("http://user:pa/55@host:80a/v2?key=5417")
    '...@host:80a/v2'
    """
    _, at, rest = url.rpartition("@")
    return ("..." if at else "") + at + re.split(r"[?#]", rest)[0]
