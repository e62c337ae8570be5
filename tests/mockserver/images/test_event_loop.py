"""A picture drawn in a thread leaves the server's event loop alone."""

from __future__ import annotations

import threading

from pixelpact.mockserver.service import output_cache, rendering
from tests.bodies import runnable

# How long the loop stands still is measured by `bench/event_loop.py`, which fails past 20 ms.


def test_pictures_are_drawn_in_a_thread_of_their_own(serve, monkeypatch):
    threads, draw = [], output_cache.draw

    def watched(file):
        threads.append(threading.current_thread().name)
        return draw(file)

    monkeypatch.setattr(output_cache, "draw", watched)
    http = serve()
    job = http.post("/jobs", json=runnable()).json()

    http.get(f"/jobs/{job['id']}")

    assert len(threads) == 1
    assert "pixelpact" not in threads


def test_checksums_are_taken_in_a_thread_of_their_own(serve, monkeypatch):
    threads, measured = [], rendering.measured

    def watched(*content, **profile):
        threads.append(threading.current_thread().name)
        return measured(*content, **profile)

    monkeypatch.setattr(rendering, "measured", watched)
    http = serve()
    job = http.post("/jobs", json=runnable()).json()

    http.get(f"/jobs/{job['id']}")

    assert len(threads) == 1
    assert "pixelpact" not in threads
