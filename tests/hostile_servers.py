"""Servers that are not the API: they hang up, send HTML, refuse everybody, or never stop sending."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

#: Answers one request on the open connection.
Answer: TypeAlias = Callable[[BaseHTTPRequestHandler], None]


def plain(status: int, body: bytes, *, content_type: str = "application/json", **headers: str) -> Answer:
    """Answer everything with this status and body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

    return answer


def cut_off(request: BaseHTTPRequestHandler) -> None:
    """Announce a long body, send its beginning, and hang up."""
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'[{"code": ')
    request.close_connection = True


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Say nothing, and hang up."""
    request.close_connection = True


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The URL of a server that answers so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = self.headers.get("Content-Length", "0")
            self.rfile.read(int(length) if length.isdecimal() else 0)
            answer(self)

        do_GET = do_POST = do_PATCH = do_DELETE = do_HEAD = handle_any  # noqa: N815  # its caller's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v2"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
