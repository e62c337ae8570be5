"""The errors of the mock server.

MockServerError
├── ApiError                a refusal, as one of the error responses of `openapi.json`
│   └── Forbidden           a refusal of the control API to callers that it is not for
├── ClockError              a clock can't be set like that (also a ValueError)
├── SettingsError           a setting makes no sense (also a ValueError)
├── JobNotFound             no job has that id (also a LookupError)
├── ScenarioError           a choice of scenarios can't be followed (also a ValueError)
├── SnapshotError           a state can't be restored (also a ValueError)
├── DestinationRefused      callbacks don't go to that host (also a ValueError)
├── ControlError            the control API refused a request (also a RuntimeError)
├── PortUnavailable         the address can't be listened on (also an OSError)
├── ImageError              see `images/errors.py`
└── FileError               see `files/errors.py`
"""

from __future__ import annotations

from collections.abc import Mapping

from pixelpact.schema import error_answers


class MockServerError(Exception):
    """The base of all errors that the mock server raises on purpose."""


class ApiError(MockServerError):
    """A refusal, as one of the error responses that `openapi.json` names (`Unauthorized`, `NotFound`, ...).

    `message` and `status` replace the usual ones of that response, and `code` follows the status unless the
    API has a code of its own for this response; `errors` says what is wrong with each field.
    """

    def __init__(
        self,
        answer: str,
        *,
        message: str | None = None,
        errors: Mapping[str, list[str]] | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        kind = error_answers()[answer]
        self.status = kind.status if status is None else status
        self.code = kind.code_with(self.status)
        self.message = kind.message if message is None else message
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        super().__init__(self.message)

    def document(self) -> dict[str, object]:
        """The body of the response: `{"code", "message", "errors"}`."""
        return {"code": self.code, "message": self.message, "errors": self.errors}


class Forbidden(ApiError):
    """The control API is not for this caller: 403, which the API itself never answers."""

    def __init__(self, message: str) -> None:
        super().__init__("NotFound", status=403, message=message)


class ClockError(MockServerError, ValueError):
    """A clock can't be set like that; the text says why."""


class SettingsError(MockServerError, ValueError):
    """A setting makes no sense; the text says which and what would."""


class JobNotFound(MockServerError, LookupError):
    """No job has the id `job_id`."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"There is no job {job_id!r}.")


class ScenarioError(MockServerError, ValueError):
    """A choice of scenarios that can't be followed; the text says why and what is known."""


class SnapshotError(MockServerError, ValueError):
    """A state that can't be restored; the text says why."""


class DestinationRefused(MockServerError, ValueError):
    """Callbacks don't go to a host; the text says why."""


class ControlError(MockServerError, RuntimeError):
    """The control API refused a request; the text says why."""


class PortUnavailable(MockServerError, OSError):
    """`host` and `port` can't be listened on; the text says why and what to try."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"Can't listen on {host} port {port}: {reason}. Choose another one, or 0 for a free one."
        )
