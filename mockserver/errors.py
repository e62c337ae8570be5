"""How the mock server refuses."""

from __future__ import annotations

from collections.abc import Mapping

from pixelpact.schema import error_answers


class ApiError(Exception):
    """A refusal, as one of the error answers that `openapi.json` names (`Unauthorized`, `NotFound`, ...).

    `message` and `status` replace the answer's usual ones, `errors` says what is wrong with each field.
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
        self.code = kind.code
        self.message = kind.message if message is None else message
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        super().__init__(self.message)

    def document(self) -> dict[str, object]:
        """The body of the answer: `{"code", "message", "errors"}`."""
        return {"code": self.code, "message": self.message, "errors": self.errors}
