"""The control API below `/_pixelpact/`: state, clock, scenarios, profile and journal, for tests and tools.

It is not for pages from elsewhere: there is no CORS, and Host and Origin are checked.
"""

from __future__ import annotations

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

from pixelpact.mockserver.clock import ShiftedClock, timestamp
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.journal.journal import Wanted
from pixelpact.mockserver.scenarios.catalogue import ScenarioError, scenarios
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.service.snapshots import SnapshotError, from_json, to_json
from pixelpact.mockserver.web.bodies import invalid, parse_json, read_body
from pixelpact.mockserver.web.requests import sent_headers
from pixelpact.mockserver.web.responses import error_response, json_response
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
    validator,
)

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_DOCUMENT = "control"
#: Its own answers are as its document says, whatever the API's are.
_PROFILE = Profile()
#: A state holds what requests hold, some levels deeper.
_MAX_DEPTH = 128
#: A state of many jobs is long.
_MAX_BYTES = 1024 * 1024 * 1024
#: What all its paths begin with.
CONTROL_BASE = operations(_DOCUMENT)["reset"].base + "/"


@dataclass(frozen=True, slots=True)
class _Call:
    """A request to the control API: its body, its query, and the account that it is about (`None`: all)."""

    mock: Mock
    asked: Any
    query: Mapping[str, Any]
    account: str | None

    @property
    def seen(self) -> Mock:
        """The mock as the account sees it."""
        return self.mock if self.account is None else self.mock.of(self.account)

    @property
    def clock(self) -> ShiftedClock:
        """The clock of the account, to be set."""
        return self.mock.clock if self.account is None else self.mock.own(self.account).clock


async def _get_state(call: _Call) -> Response:
    return Response(to_json(await call.mock.snapshot()), media_type="application/json")


async def _restore_state(call: _Call) -> Response:
    await call.mock.restore(from_json(orjson.dumps(call.asked)))
    await call.mock.resume_callbacks()
    return Response(status_code=204)


async def _reset(call: _Call) -> Response:
    what = load_document(_DOCUMENT)["components"]["schemas"]["Reset"]["properties"]["what"]["default"]
    await call.mock.reset((call.asked or {}).get("what", what), call.account)
    return Response(status_code=204)


async def _get_clock(call: _Call) -> Response:
    return _time(call.seen.clock)


async def _freeze_clock(call: _Call) -> Response:
    call.clock.freeze((call.asked or {}).get("at"))
    return await _told(call)


async def _advance_clock(call: _Call) -> Response:
    call.clock.advance(call.asked["seconds"])
    return await _told(call)


async def _resume_clock(call: _Call) -> Response:
    call.clock.resume()
    return await _told(call)


async def _told(call: _Call) -> Response:
    """The time, once the callbacks that came due were delivered."""
    call.mock.courier.follow_clock(call.account)
    await call.mock.courier.settle(call.account)
    return _time(call.clock)


def _time(clock: ShiftedClock) -> Response:
    now = clock.now()
    return json_response({"now": timestamp(now), "seconds": now, "frozen": clock.is_frozen})


async def _get_scenarios(call: _Call) -> Response:
    known = [
        {"name": each.name, "summary": each.summary, "parameters": dict(each.parameters)}
        for each in scenarios().values()
    ]
    chosen = [rule.document() for rule in call.mock.scenarios.chosen(call.account, now=call.mock.clock.now())]
    return json_response({"chosen": chosen, "known": known})


async def _choose_scenarios(call: _Call) -> Response:
    call.mock.scenarios.choose(call.asked, account=call.account, now=call.seen.clock.now())
    return await _get_scenarios(call)


async def _get_profile(call: _Call) -> Response:
    return json_response({entry: call.seen.profile[entry] for entry in ledger()})


async def _set_profile(call: _Call) -> Response:
    call.mock.set_profile(Profile(call.asked), call.account)
    return await _get_profile(call)


async def _get_journal(call: _Call) -> Response:
    entries = call.mock.journal.found(_wanted(call), limit=call.query.get("limit", 1000))
    return json_response([entry.document() for entry in entries])


async def _wait_for_entry(call: _Call) -> Response:
    timeout_s = call.query.get("timeout", 10)
    entry = await call.mock.journal.wait(_wanted(call), timeout_s=timeout_s)
    if entry is None:
        raise ApiError("NotFound", message=f"Nothing that matches came within {timeout_s:g} seconds")
    return json_response(entry.document())


def _wanted(call: _Call) -> Wanted:
    names = ("kind", "method", "path", "operation", "status", "after")
    return Wanted(account=call.account, **{name: call.query[name] for name in names if name in call.query})


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


class Control:
    """The control API of a mock server, as an ASGI application."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in operations(_DOCUMENT).values():
            by_path.setdefault(operation.template, {})[operation.method] = operation
        self._routes = Routes(by_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ApiError as error:
            response = error_response(error, profile=_PROFILE)
        except (ProfileError, ScenarioError, SnapshotError, ValueError) as error:
            response = error_response(ApiError("Invalid", message=str(error)), profile=_PROFILE)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        _refuse_strangers(request, opened=self._mock.settings.control_hosts)
        path = request.url.path
        if path == CONTROL_BASE + "openapi.json":
            return json_response(dict(load_document(_DOCUMENT)))
        methods, _ = self._routes.find(path) or ({}, {})
        operation = methods.get(request.method)
        if operation is None:
            answer = "MethodNotAllowed" if methods else "NotFound"
            raise ApiError(answer, message=f"The control API has no {request.method[:16]} {path[:64]!r}")
        query = _query(operation, request)
        asked = await self._asked(operation, request)
        account = query.get("account") or sent_headers(request.scope).account or None
        return await _HANDLERS[operation.id](_Call(self._mock, asked, query, account))

    async def _asked(self, operation: Operation, request: Request) -> Any:
        """The body of a request, as its operation describes it; `None` where it needs none and has none."""
        described = operation.spec.get("requestBody")
        body = await read_body(request, max_bytes=_MAX_BYTES)
        if described is None or (not described["required"] and not body.strip()):
            return None
        asked = parse_json(body, profile=_PROFILE, max_depth=_MAX_DEPTH)
        faults = find_violations(_judge(described["content"]["application/json"]["schema"]["$ref"]), asked)
        if faults:
            raise invalid(faults, profile=_PROFILE)
        return asked


def _refuse_strangers(request: Request, *, opened: tuple[str, ...]) -> None:
    """Refuse pages of other sites, and names that somebody else may have pointed here (DNS rebinding)."""
    host = _host_name(f"//{request.headers.get('host', '')}")
    if not (_is_trusted(host) or host in {name.rstrip(".").lower() for name in opened}):
        raise ApiError(
            "NotFound",
            status=403,
            message=f"The control API has no name {host[:64]!r}; give it one with --control-hosts",
        )
    if request.headers.get("user-agent") == callback_rules().user_agent:  # whoever made the job chose the URL
        raise ApiError("NotFound", status=403, message="The control API is not for callbacks")
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not same or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise ApiError("NotFound", status=403, message="The control API is not for pages from elsewhere")


def _host_name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_trusted(host: str) -> bool:
    """An address is nobody's name; and `localhost` is this machine's."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True


def _query(operation: Operation, request: Request) -> dict[str, Any]:
    """The query of a request, as its operation describes it."""
    found: dict[str, Any] = {}
    faults: list[Violation] = []
    described = {
        each["name"]: each["schema"] for each in map(_parameter, operation.spec.get("parameters", ()))
    }
    for name, text in request.query_params.items():
        if name not in described:
            known = ", ".join(described) or "none"
            faults.append(Violation((name,), "additionalProperties", f"is no parameter here; known: {known}"))
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
    """What a text in a query stands for; the text itself where it is no such value."""
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
def _judge(reference: str) -> Validator:
    return validator({"components": load_document(_DOCUMENT)["components"], "$ref": reference})
