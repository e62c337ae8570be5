"""Find the route of a path in a tree of path segments: as fast for the last route as for the first.

A path is split before it is decoded (RFC 3986 section 2.4): `%2F` within a segment is no separator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote

from starlette.types import Scope

T = TypeVar("T")


class Routes(Generic[T]):
    """The targets of path templates; `{name}` in a template matches any one segment.

    >>> routes = Routes({"/jobs": "listing", "/jobs/{id}": "job"})
    >>> routes.find("/jobs/7"), routes.find("/jobs/7/"), routes.find("/job")
    (('job', {'id': '7'}), None, None)
    >>> routes.find_request({"path": "/jobs/a/b", "raw_path": b"/jobs/a%2Fb"})
    ('job', {'id': 'a/b'})
    """

    def __init__(self, templates: Mapping[str, T]) -> None:
        self._root: _Node[T] = _Node()
        self._fixed = {template: target for template, target in templates.items() if "{" not in template}
        for template, target in templates.items():
            node, names = self._root, []
            for segment in template.split("/"):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.named.setdefault(segment, _Node())
            node.end = (target, tuple(names))

    def find(self, path: str) -> tuple[T, dict[str, str]] | None:
        """The target of `path` and the values of its parameters; `None` if no template matches."""
        if path in self._fixed:
            return self._fixed[path], {}
        return self._walk(path.split("/"))

    def find_request(self, scope: Scope) -> tuple[T, dict[str, str]] | None:
        """What `find` returns, for the path of a request; each of its segments is decoded by itself."""
        if b"%" not in (scope.get("raw_path") or b""):  # hardly any request has one: ask nothing further
            return self.find(scope["path"])
        segments = encoded_segments(scope)
        if segments is None:
            return self.find(scope["path"])
        return self._walk([unquote(segment) for segment in segments])

    def _walk(self, segments: Iterable[str]) -> tuple[T, dict[str, str]] | None:
        node, values = self._root, []
        for segment in segments:
            following = node.named.get(segment)
            if following is None:
                following = node.any
                if following is None or not segment:
                    return None
                values.append(segment)
            node = following
        if node.end is None:
            return None
        target, names = node.end
        return target, dict(zip(names, values, strict=True))


def encoded_segments(scope: Scope) -> list[str] | None:
    """The segments of a request's path as they were sent, if they are encoded; `None` if `path` says it all.

    That is also the answer if the server passes on no `raw_path`, or one that is not that of `path`: a
    middleware may have shortened `path` alone.
    """
    raw = scope.get("raw_path")
    if not raw or b"%" not in raw:
        return None
    text: str = raw.decode("latin-1").partition("?")[0]
    return text.split("/") if unquote(text) == scope["path"] else None


def has_encoded_slash(scope: Scope) -> bool:
    """Whether a segment of a request's path holds a slash, which `path` can't tell from a separator."""
    segments = encoded_segments(scope)
    return segments is not None and len(segments) <= scope["path"].count("/")


class _Node(Generic[T]):
    __slots__ = ("any", "end", "named")

    def __init__(self) -> None:
        self.named: dict[str, _Node[T]] = {}
        self.any: _Node[T] | None = None
        self.end: tuple[T, tuple[str, ...]] | None = None
