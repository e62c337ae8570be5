"""A listener for callbacks: a small HTTP server in a thread, on which each path is one receiver."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LARGEST_BODY_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback that arrived: its method, headers by lower-case name, body, and when (monotonic seconds)."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class Listener:
    """Receives callbacks at `url(name)`; `answer` says what a receiver answers, 200 unless told.

    `public_url` is where callbacks reach it from the server; without one, this machine's loopback address.
    """

    def __init__(self, *, port: int = 0, public_url: str | None = None) -> None:
        self._received: dict[str, list[Callback]] = defaultdict(list)
        self._answers: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
        self._changed = threading.Condition()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener._receive(self)

            do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  # names of http.server

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1" if public_url is None else "", port), Handler)
        self._server.daemon_threads = True
        self.public_url = (public_url or f"http://127.0.0.1:{self._server.server_port}").rstrip("/")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, receiver: str) -> str:
        """The URL of a receiver."""
        return f"{self.public_url}/{receiver}"

    def answer(self, receiver: str, answers: Sequence[tuple[int, Mapping[str, str]]]) -> None:
        """Let a receiver answer with these statuses and headers, one after the other; the last one stays."""
        self._answers[receiver] = list(answers)

    def wait(self, receiver: str, *, count: int, timeout_s: float) -> list[Callback]:
        """The callbacks of a receiver, as soon as `count` have arrived or the time is over."""
        end = time.monotonic() + timeout_s
        with self._changed:
            while len(self._received[receiver]) < count and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            return list(self._received[receiver])

    def close(self) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _receive(self, request: BaseHTTPRequestHandler) -> None:
        length = request.headers.get("Content-Length", "0")
        size = min(int(length) if length.isdecimal() else 0, _LARGEST_BODY_BYTES)
        received = {name.lower(): value for name, value in request.headers.items()}
        callback = Callback(request.command, received, request.rfile.read(size), time.monotonic())
        receiver = request.path.strip("/")
        with self._changed:
            self._received[receiver].append(callback)
            answers = self._answers.get(receiver, [])
            status, sent = (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else (200, {})
            self._changed.notify_all()
        request.send_response(status)
        for name, value in sent.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()
