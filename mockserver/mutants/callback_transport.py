"""What sends callbacks wrongly, in place of what sends them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult

from pixelpact.mockserver.callbacks.transport import Transport
from pixelpact.mockserver.mutants.base import CallbackChange


class MutantTransport:
    """A transport of callbacks whose posts are changed."""

    def __init__(self, transport: Transport, change: CallbackChange) -> None:
        self._transport = transport
        self._post = change(transport.post)

    async def post(self, url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        """The status that the delivery takes as the answer."""
        return await self._post(url, body, sent)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()
