"""The bytes of outputs: drawn when first needed, off the event loop, and cached while there is room."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from pixelpact.mockserver.jobs.outputs import OutputFile, draw


class OutputCache:
    """A bounded cache in front of `draw`. A file is drawn once, however many requests wait for it."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._coming: dict[str, asyncio.Future[bytes]] = {}

    async def content(self, file: OutputFile) -> bytes:
        """The bytes of a file."""
        if file.id in self._kept:
            self._kept.move_to_end(file.id)
            return self._kept[file.id]
        coming = self._coming
        if file.id not in coming:
            coming[file.id] = asyncio.ensure_future(asyncio.to_thread(draw, file))
            coming[file.id].add_done_callback(lambda _: coming.pop(file.id, None))
        # Shielded: a request that is canceled must not cancel the drawing for the others.
        content = await asyncio.shield(coming[file.id])
        if coming is self._coming:  # otherwise the cache has been cleared meanwhile
            self._keep(file.id, content)
        return content

    def forget(self, file_id: str) -> None:
        """Drop a file of a job that is gone: even a small one takes more memory than its bytes."""
        self._size_bytes -= len(self._kept.pop(file_id, b""))

    def clear(self) -> None:
        """Drop all files: the same ids may mean other files from now on."""
        self._kept.clear()
        self._size_bytes = 0
        self._coming = {}

    def _keep(self, file_id: str, content: bytes) -> None:
        if file_id in self._kept:
            return
        self._kept[file_id] = content
        self._size_bytes += len(content)
        while self._size_bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._size_bytes -= len(dropped)
