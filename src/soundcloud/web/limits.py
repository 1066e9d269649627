"""The limit of requests per visitor."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import HTTPConnection

_MAX_VISITORS = 10_000
_NETWORK_BITS = 64


class VisitorLimit:
    """Limits the requests of each visitor by a token bucket, in the memory of this process.

    Args:
        per_minute: The number of requests per minute, and at once.
        clock: Returns the time in seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._size, self._per_second, self._clock = float(per_minute), per_minute / 60, clock
        # The least recently seen visitor comes first.
        self._visitors: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def acquire(self, visitor: str) -> float:
        """Count a request; return 0, or the seconds to wait if it is one too many."""
        now = self._clock()
        left, seen = self._visitors.pop(visitor, (self._size, now))
        left = min(self._size, left + max(0.0, now - seen) * self._per_second)
        wait = 0.0 if left >= 1 else (1 - left) / self._per_second
        self._visitors[visitor] = (left if wait else left - 1, now)
        if len(self._visitors) > _MAX_VISITORS:
            self._visitors.popitem(last=False)
        return wait


def visitor_address(connection: HTTPConnection) -> str:
    """Return the address of a visitor; of an IPv6 address the network, as one host can use all addresses of it."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, _NETWORK_BITS), strict=False))
