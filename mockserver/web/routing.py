"""Find the route of a path in a tree of path segments: as fast for the last route as for the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Routes(Generic[T]):
    """The targets of path templates; `{name}` in a template matches any one segment.

    >>> routes = Routes({"/jobs": "listing", "/jobs/{id}": "job"})
    >>> routes.find("/jobs/7"), routes.find("/jobs/7/"), routes.find("/job")
    (('job', {'id': '7'}), None, None)
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
        node, values = self._root, []
        for segment in path.split("/"):
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


class _Node(Generic[T]):
    __slots__ = ("any", "end", "named")

    def __init__(self) -> None:
        self.named: dict[str, _Node[T]] = {}
        self.any: _Node[T] | None = None
        self.end: tuple[T, tuple[str, ...]] | None = None
