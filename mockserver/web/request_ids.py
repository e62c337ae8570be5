"""Ids of requests, as the header `X-Request-Id` names them."""

from __future__ import annotations

from pixelpact.mockserver.jobs.ids import derive_id


class RequestIds:
    """An id for each response: the first part is the server's own, the rest counts."""

    def __init__(self, seed: int) -> None:
        #: How many ids have been given out.
        self.count = 0
        self._server = derive_id(seed, "requests")[:23].encode()

    def next(self) -> bytes:
        """The id of the next response.

        >>> RequestIds(0).next()[-12:]
        b'000000000001'
        """
        self.count += 1
        return b"%s-%012x" % (self._server, self.count)
