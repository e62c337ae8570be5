"""The operations of `openapi.json`: their methods and paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from urllib.parse import quote

from pixelpact.schema.documents import JSONObject, load_document

_METHODS = ("get", "head", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    `base` is the path prefix of its server (`/v2`; `/v2/dl/web2` for uploads and downloads on the mock),
    `path` the template below it, `spec` the OpenAPI operation object.
    """

    id: str
    method: str
    base: str
    path: str
    spec: JSONObject

    @property
    def template(self) -> str:
        """The whole path, with parameters in braces."""
        return self.base + self.path

    def url(self, **parameters: str) -> str:
        """The path below `base`, each parameter filled in as one percent-encoded segment.

        >>> operations()["getJob"].url(job_id="a/b")
        '/jobs/a%2Fb'
        """
        return self.path.format_map({name: quote(value, safe="") for name, value in parameters.items()})

    @property
    def success_status(self) -> int:
        """The lowest documented status of the 2xx class."""
        return min(int(status) for status in self.spec["responses"] if status.startswith("2"))


@cache
def success_status(operation_id: str) -> int:
    """The status with which an operation of the API succeeds.

    Raises:
        KeyError: there is no such operation.

    >>> success_status("createJob"), success_status("cancelJob")
    (201, 204)
    """
    return operations()[operation_id].success_status


@cache
def operations(document: str = "openapi") -> Mapping[str, Operation]:
    """The operations of the API, or of another document such as `control`, by `operationId`.

    >>> operations()["createJob"].method, operations()["createJob"].template
    ('POST', '/v2/jobs')
    >>> operations("control")["reset"].template
    '/_pixelpact/reset'
    """
    described = load_document(document)
    found = {}
    for path, item in described["paths"].items():
        base = item.get("servers", described["servers"])[0]["url"]
        for method in _METHODS:
            if method in item:
                spec = item[method]
                found[spec["operationId"]] = Operation(spec["operationId"], method.upper(), base, path, spec)
    return MappingProxyType(found)


@cache
def operations_by_path(document: str = "openapi") -> Mapping[str, Mapping[str, Operation]]:
    """The operations of each path by method; HEAD is GET's unless it is described (RFC 9110 section 9.3.2).

    >>> sorted(operations_by_path()["/v2/jobs"]), operations_by_path()["/v2/jobs"]["HEAD"].id
    (['GET', 'HEAD', 'POST'], 'listJobs')
    """
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations(document).values():
        by_path.setdefault(operation.template, {})[operation.method] = operation
    for methods in by_path.values():
        if "GET" in methods:
            methods.setdefault("HEAD", replace(methods["GET"], method="HEAD"))
    return MappingProxyType(by_path)
