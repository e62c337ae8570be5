"""Why a request got no answer, in words of our own: messages of httpx may contain a key or a password."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from enum import Enum

import httpx

TIMEOUT_S = 30.0


class Failure(Enum):
    """Why there is no answer; the value reads on from "must answer, but"."""

    REFUSED = "the connection was refused"
    UNKNOWN_HOST = "the host has no address"
    NO_TLS = "the server does not speak TLS"
    CERTIFICATE = "the server's certificate is not trusted"
    UNREACHABLE = "no connection could be made"
    TIMED_OUT = f"nothing came for {TIMEOUT_S:g} s"
    NOT_HTTP = "what came is not HTTP"
    UNREADABLE = "the body can't be decoded"
    BROKEN = "the connection broke"
    UNSENDABLE = "the request can't be sent: a header has a character that no header can hold"


#: By the type of an exception or of one of its causes; the first that fits.
_FAILURES: tuple[tuple[type[BaseException], Failure], ...] = (
    (httpx.LocalProtocolError, Failure.UNSENDABLE),
    (httpx.TimeoutException, Failure.TIMED_OUT),
    (httpx.DecodingError, Failure.UNREADABLE),
    (socket.gaierror, Failure.UNKNOWN_HOST),
    (ConnectionRefusedError, Failure.REFUSED),
    (ssl.SSLCertVerificationError, Failure.CERTIFICATE),
)


def failure_of(error: Exception) -> Failure:
    """The kind of failure that an exception of httpx tells of."""
    causes = list(_causes(error))
    for kind, failure in _FAILURES:
        if any(isinstance(cause, kind) for cause in causes):
            return failure
    if isinstance(error, httpx.ConnectError):
        # After the connection is made, only TLS can fail here.
        is_tls = any(isinstance(cause, (ssl.SSLError, ConnectionResetError)) for cause in causes)
        return Failure.NO_TLS if is_tls else Failure.UNREACHABLE
    if isinstance(error, httpx.RemoteProtocolError) and str(error).startswith("illegal"):
        return Failure.NOT_HTTP
    return Failure.BROKEN


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
