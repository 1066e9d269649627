"""The TLS settings of a client."""

import os
import ssl
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from soundcloud._synchronization import Lock
from soundcloud.errors import InvalidInputError

Verify: TypeAlias = "bool | str | PathLike[str] | ssl.SSLContext"
"""True for the default certificates, False for no verification, a file or folder of certificates, or a context."""


class TlsSettings:
    """Creates the TLS context when the first connection needs it: loading the certificates takes milliseconds.

    Args:
        verify: How server certificates are verified.

    Raises:
        InvalidInputError: It is of another type, or the path does not exist.
    """

    def __init__(self, verify: Verify) -> None:
        if not isinstance(verify, bool | str | PathLike | ssl.SSLContext):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"verify={verify!r}: pass True, False, a path, or an ssl.SSLContext")
        if isinstance(verify, str | PathLike) and not Path(verify).exists():
            raise InvalidInputError(
                f"verify={os.fspath(verify)!r} does not exist: pass a file or folder of certificates"
            )
        self._verify = verify
        self._context: ssl.SSLContext | None = None
        self._lock = Lock()

    def import_modules(self) -> None:
        """Import what `context` needs, when the client is created; see `soundcloud._transport.connect`."""
        if self._verify is True and not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
            import_module("certifi")

    @property
    def is_loaded(self) -> bool:
        """Whether `context` returns at once."""
        return self._context is not None

    def context(self) -> ssl.SSLContext:
        """Return the context of the client's own connections; the first call reads files."""
        if self._context is None:
            with self._lock:
                if self._context is None:
                    self._context = _create_context(self._verify)
        return self._context

    def for_httpx(self, origin: str) -> Any:
        """Return the `verify` argument for httpx: a context for https servers, else its default."""
        return self.context() if origin.startswith("https:") and self._verify is not True else True


def _create_context(verify: Verify) -> ssl.SSLContext:
    """Create a context; with True it trusts `SSL_CERT_FILE`, `SSL_CERT_DIR` or certifi's certificates, as httpx does.

    Raises:
        InvalidInputError: The certificates cannot be loaded.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if verify is False:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["http/1.1"])
        return context
    cafile = capath = None
    if verify is not True:
        source = f"verify={os.fspath(verify)!r}"
        cafile, capath = (None, os.fspath(verify)) if Path(verify).is_dir() else (os.fspath(verify), None)
    elif path := os.environ.get("SSL_CERT_FILE"):
        source, cafile = f"SSL_CERT_FILE={path!r}", path
    elif path := os.environ.get("SSL_CERT_DIR"):
        source, capath = f"SSL_CERT_DIR={path!r}", path
    else:
        import certifi

        source, cafile = "certifi", certifi.where()
    try:
        context = ssl.create_default_context(cafile=cafile, capath=capath)
    except OSError as error:
        raise InvalidInputError(f"the certificates of {source} cannot be loaded: {error.strerror or error}") from None
    context.set_alpn_protocols(["http/1.1"])
    return context
