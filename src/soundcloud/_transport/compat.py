"""Detects tools that have replaced or wrapped httpx's sending path.

Recorders, mocks and tracers (vcrpy, pytest-httpx) expect to see every request, so the client sends through httpx while one is
active.
"""

import sys
from typing import Any


def httpx_is_patched() -> bool:
    """Return whether a transport of httpx has been replaced."""
    httpx: Any = sys.modules.get("httpx")
    if httpx is None:
        return False
    home = httpx.__file__.removesuffix("__init__.py")
    for function in (httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request):
        code = getattr(function, "__code__", None)
        if code is None or not code.co_filename.startswith(home):
            return True
    return False
