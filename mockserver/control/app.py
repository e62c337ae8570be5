"""The control API below `/_pixelpact/`: state, clock, scenarios, profile and journal, for tests and tools.

It is not for pages of other sites: there is no CORS, and Host and Origin are checked.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pixelpact.mockserver.accounts.accounts import Account
from pixelpact.mockserver.clock import Shift, timestamp
from pixelpact.mockserver.errors import (
    ApiError,
    ClockError,
    Forbidden,
    ScenarioError,
    SettingsError,
    SnapshotError,
)
from pixelpact.mockserver.journal.journal import EntryFilter
from pixelpact.mockserver.levels import SERVER
from pixelpact.mockserver.scenarios.catalogue import scenarios
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.snapshots import from_json, restore, snapshot, to_json
from pixelpact.mockserver.web.bodies import invalid, parse_json, read_body
from pixelpact.mockserver.web.requests import sent_headers
from pixelpact.mockserver.web.responses import error_response, json_response, response_to
from pixelpact.mockserver.web.routing import Routes
from pixelpact.schema import (
    JSONObject,
    Operation,
    Profile,
    ProfileError,
    Violation,
    callback_rules,
    find_violations,
    ledger,
    load_document,
    operations,
    operations_by_path,
    validator,
)

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_LOG = logging.getLogger("pixelpact.mockserver")
_DOCUMENT = "control"
#: The control API answers as its document says, whatever profile the API has.
_PROFILE = Profile()
#: Levels of nesting of a body: a state holds the bodies of requests, some levels deeper.
_MAX_DEPTH = 128
#: Bytes of a body: a state of many jobs is long.
_MAX_BYTES = 1024 * 1024 * 1024
#: The beginning of all paths of the control API.
CONTROL_BASE = operations(_DOCUMENT)["reset"].base + "/"


@dataclass(frozen=True, slots=True)
class _Call:
    """A request to the control API: its body, its query, and the level that it is about."""

    mock: Mock
    body: Any
    query: Mapping[str, Any]
    level: str

    async def account(self) -> Account:
        """What is in force for the level."""
        return await self.mock.accounts.load(self.level)


async def _get_state(call: _Call) -> Response:
    return Response(to_json(await snapshot(call.mock)), media_type="application/json")


async def _restore_state(call: _Call) -> Response:
    await restore(call.mock, from_json(orjson.dumps(call.body)))
    await call.mock.resume_callbacks()
    return Response(status_code=204)


async def _reset(call: _Call) -> Response:
    all_parts = load_document(_DOCUMENT)["components"]["schemas"]["Reset"]["properties"]["what"]["default"]
    await call.mock.reset((call.body or {}).get("what", all_parts), call.level)
    return Response(status_code=204)


async def _get_clock(call: _Call) -> Response:
    return _time(await call.account())


async def _freeze_clock(call: _Call) -> Response:
    at = (call.body or {}).get("at")
    return await _set_clock(call, lambda shift, base: shift.freeze(at, base=base))


async def _advance_clock(call: _Call) -> Response:
    return await _set_clock(call, lambda shift, base: shift.advance(call.body["seconds"], base=base))


async def _resume_clock(call: _Call) -> Response:
    return await _set_clock(call, lambda shift, base: shift.resume(base=base))


async def _set_clock(call: _Call, change: Callable[[Shift, float], Shift]) -> Response:
    """The time, once the callbacks that came due have been delivered."""
    account = await call.mock.accounts.set_clock(call.level, change)
    await call.mock.callbacks.reschedule(call.level)
    await call.mock.callbacks.wait_idle(call.level)
    return _time(account)


def _time(account: Account) -> Response:
    now = account.now()
    return json_response({"now": timestamp(now), "seconds": now, "frozen": account.has_frozen_clock})


async def _get_scenarios(call: _Call) -> Response:
    known = [
        {"name": scenario.name, "summary": scenario.summary, "parameters": dict(scenario.parameters)}
        for scenario in scenarios().values()
    ]
    chosen = [rule.document() for rule in await call.mock.scenarios.chosen(call.level)]
    return json_response({"chosen": chosen, "known": known})


async def _choose_scenarios(call: _Call) -> Response:
    await call.mock.scenarios.choose(call.level, call.body)
    return await _get_scenarios(call)


async def _get_profile(call: _Call) -> Response:
    profile = (await call.account()).profile
    return json_response({entry: profile[entry] for entry in ledger()})


async def _set_profile(call: _Call) -> Response:
    await call.mock.accounts.set_profile(call.level, Profile(call.body))
    return await _get_profile(call)


async def _get_journal(call: _Call) -> Response:
    entries = call.mock.journal.entries(_entry_filter(call), limit=call.query.get("limit", 1000))
    return json_response([entry.document() for entry in entries])


async def _wait_for_entry(call: _Call) -> Response:
    timeout_s = call.query.get("timeout", 10)
    entry = await call.mock.journal.wait(_entry_filter(call), timeout_s=timeout_s)
    if entry is None:
        raise ApiError("NotFound", message=f"Nothing that matches came within {timeout_s:g} seconds")
    return json_response(entry.document())


def _entry_filter(call: _Call) -> EntryFilter:
    names = ("kind", "method", "path", "operation", "status", "after")
    return EntryFilter(account=call.level, **{name: call.query[name] for name in names if name in call.query})


_HANDLERS: Mapping[str, Callable[[_Call], Awaitable[Response]]] = {
    "getState": _get_state,
    "restoreState": _restore_state,
    "reset": _reset,
    "getClock": _get_clock,
    "freezeClock": _freeze_clock,
    "advanceClock": _advance_clock,
    "resumeClock": _resume_clock,
    "getScenarios": _get_scenarios,
    "chooseScenarios": _choose_scenarios,
    "getProfile": _get_profile,
    "setProfile": _set_profile,
    "getJournal": _get_journal,
    "waitForEntry": _wait_for_entry,
}


class ControlApi:
    """The control API of a mock server, as an ASGI application."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._routes = Routes(operations_by_path(_DOCUMENT))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ApiError as error:
            response = error_response(error, profile=_PROFILE)
        except (ClockError, ProfileError, ScenarioError, SettingsError, SnapshotError) as error:
            response = error_response(ApiError("Invalid", message=str(error)), profile=_PROFILE)
        except ClientDisconnect:
            return
        except Exception:
            _LOG.exception("Internal error in the control API: %s %s", request.method, request.url.path)
            response = error_response(ApiError("ServerError"), profile=_PROFILE)
        await response_to(request.method, response)(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        _check_host_and_origin(request, allowed=self._mock.settings.control_hosts)
        path = request.url.path
        if path == CONTROL_BASE + "openapi.json":
            return json_response(dict(load_document(_DOCUMENT)))
        methods, _ = self._routes.find(path) or ({}, {})
        operation = methods.get(request.method)
        if operation is None:
            if not methods:
                raise ApiError("NotFound", message=f"The control API has no path {path[:64]!r}")
            message = f"The control API has no {request.method[:16]} {path[:64]!r}"
            raise ApiError("MethodNotAllowed", message=message)
        query = _query(operation, request)
        body = await self._body(operation, request)
        account = query.get("account") or self._mock.accounts.id_of(sent_headers(request.scope))
        return await _HANDLERS[operation.id](_Call(self._mock, body, query, account or SERVER))

    async def _body(self, operation: Operation, request: Request) -> Any:
        """The body of a request, as its operation describes it; `None` if it needs none and has none."""
        described = operation.spec.get("requestBody")
        text = await read_body(request, max_bytes=_MAX_BYTES)
        if described is None or (not described["required"] and not text.strip()):
            return None
        body = parse_json(text, profile=_PROFILE, max_depth=_MAX_DEPTH)
        faults = find_violations(_validator(described["content"]["application/json"]["schema"]["$ref"]), body)
        if faults:
            raise invalid(faults, profile=_PROFILE)
        return body


def _check_host_and_origin(request: Request, *, allowed: tuple[str, ...]) -> None:
    """Refuse pages of other sites, and names that somebody else may have pointed here (DNS rebinding)."""
    host = _host_name(f"//{request.headers.get('host', '')}")
    if not (_is_trusted(host) or host in {name.rstrip(".").lower() for name in allowed}):
        raise Forbidden(f"The control API has no name {host[:64]!r}; give it one with --control-hosts")
    if request.headers.get("user-agent") == callback_rules().user_agent:  # the job's creator chose the URL
        raise Forbidden("The control API is not for callbacks")
    origin = request.headers.get("origin")
    is_same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_same or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Forbidden("The control API is not for pages from elsewhere")


def _host_name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_trusted(host: str) -> bool:
    """Whether a host is an IP address, which DNS can't rebind, or a name of this machine."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True


def _query(operation: Operation, request: Request) -> dict[str, Any]:
    """The query of a request, as its operation describes it."""
    found: dict[str, Any] = {}
    faults: list[Violation] = []
    parameters = map(_parameter, operation.spec.get("parameters", ()))
    described = {parameter["name"]: parameter["schema"] for parameter in parameters}
    for name, text in request.query_params.items():
        if name not in described:
            known = ", ".join(described) or "none"
            faults.append(
                Violation((name,), "additionalProperties", f"is not a parameter here; known: {known}")
            )
            continue
        found[name] = _value(text, described[name]["type"])
        faults += [
            Violation((name,), fault.keyword, fault.message)
            for fault in find_violations(validator(described[name]), found[name])
        ]
    if faults:
        raise invalid(faults, profile=_PROFILE)
    return found


def _value(text: str, kind: str) -> Any:
    """The value that a text in a query stands for; the text itself, if it is not a value of that type."""
    if kind == "string":
        return text
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def _parameter(described: JSONObject) -> JSONObject:
    if "$ref" not in described:
        return described
    found: JSONObject = load_document(_DOCUMENT)["components"]["parameters"][
        described["$ref"].rsplit("/", 1)[1]
    ]
    return found


@cache
def _validator(reference: str) -> Validator:
    return validator({"components": load_document(_DOCUMENT)["components"], "$ref": reference})
