"""Find the route of a path in a tree of path segments: as fast for the last route as for the first.

A path is split before it is decoded (RFC 3986 section 2.4): `%2F` within a segment does not separate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar
from urllib.parse import unquote

from starlette.types import Scope

T = TypeVar("T")


class Routes(Generic[T]):
    """The targets of path templates; `{name}` in a template matches any one segment.

    >>> routes = Routes({"/jobs": "listing", "/jobs/{id}": "job"})
    >>> routes.find("/jobs/7"), routes.find("/jobs/7/"), routes.find("/job")
    (('job', {'id': '7'}), None, None)
    >>> routes.find("/jobs/a/b", encoded_segments({"path": "/jobs/a/b", "raw_path": b"/jobs/a%2Fb"}))
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

    def find(self, path: str, encoded: Sequence[str] = ()) -> tuple[T, dict[str, str]] | None:
        """The target of `path` and the values of its parameters; `None` if no template matches.

        `encoded` are its segments where these must be decoded one by one.
        """
        if path in self._fixed and not encoded:
            return self._fixed[path], {}
        node, values = self._root, []
        for segment in map(unquote, encoded) if encoded else path.split("/"):
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


def encoded_segments(scope: Scope) -> Sequence[str]:
    """The segments of a request's path as they were sent; `()` if none is encoded, so that `path` is enough.

    Also `()` if the server passes on no `raw_path`, or one that differs from `path`: a middleware may have
    shortened `path` alone.
    """
    raw = scope.get("raw_path")
    if not raw or b"%" not in raw:
        return ()
    text: str = raw.decode("latin-1").partition("?")[0]
    return text.split("/") if unquote(text) == scope["path"] else ()


def has_encoded_slash(scope: Scope) -> bool:
    """Whether a segment of a request's path holds a slash, which `path` can't tell from a separator."""
    path: str = scope["path"]
    return 0 < len(encoded_segments(scope)) <= path.count("/")


class _Node(Generic[T]):
    __slots__ = ("any", "end", "named")

    def __init__(self) -> None:
        self.named: dict[str, _Node[T]] = {}
        self.any: _Node[T] | None = None
        self.end: tuple[T, tuple[str, ...]] | None = None
