"""A picture drawn in a thread leaves the server's event loop alone."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from pixelpact.mockserver import mock
from pixelpact.mockserver.images import placeholder_png
from pixelpact.schema import options_schema
from tests.bodies import runnable

#: The bar is 20 ms at 5120 x 5120 on a machine of its own, see `bench/event_loop.py`; tests share theirs, so
#: processor time of this process is judged, of the median of several pictures, and with a margin.
ALLOWED_S = 0.05


async def slowest_beat(work) -> float:
    """The most that `work`, in a thread, did while the loop could not run, in seconds of processor time."""
    slowest, before = 0.0, time.process_time()
    task = asyncio.create_task(asyncio.to_thread(work))
    while not task.done():
        await asyncio.sleep(0)
        now = time.process_time()
        slowest, before = max(slowest, now - before), now
    return slowest


@pytest.mark.parametrize("style", options_schema()["properties"]["style"]["enum"])
def test_the_loop_goes_on_while_a_picture_is_drawn(style, make_picture):
    picture = make_picture(style=style, width_px=1500, height_px=1500)

    beats = sorted(asyncio.run(slowest_beat(lambda: placeholder_png(picture))) for _ in range(3))

    assert beats[1] < ALLOWED_S


def test_checksums_are_taken_in_a_thread_of_their_own(serve, monkeypatch):
    threads, measured = [], mock.measured

    def watched(*content, **profile):
        threads.append(threading.current_thread().name)
        return measured(*content, **profile)

    monkeypatch.setattr(mock, "measured", watched)
    http = serve()
    job = http.post("/jobs", json=runnable()).json()

    http.get(f"/jobs/{job['id']}")

    assert len(threads) == 1
    assert "pixelpact" not in threads
