"""Maps transport errors to the errors of the package."""

from typing import Any

from soundcloud._protocol.http.messages import Request
from soundcloud._transport.base import PoolTimeout, ProxyError, TransportError, TransportTimeout
from soundcloud.errors import ConnectionFailedError, RequestTimeoutError, SoundCloudError
from soundcloud_api.types import redact

_MAX_MESSAGE = 300
_UNKNOWN_RESULT = "it is unknown whether the change took effect: check before you repeat it"


def map_transport_error(error: TransportError, request: Request) -> SoundCloudError:
    """Return the error to raise for a request without a response."""
    details: dict[str, Any] = {"method": request.method, "path": request.path, "sent": error.sent}
    if isinstance(error, PoolTimeout):
        hint = "make fewer calls at once, or allow more connections: limits=Limits(max_connections=...)"
        return RequestTimeoutError("no connection was free in time", hint=hint, **details)
    kind = type(error).__name__
    is_unknown = error.sent and request.authorize and request.method not in {"GET", "HEAD"}
    if isinstance(error, TransportTimeout):
        timeout_hint = _UNKNOWN_RESULT + ", or pass the client a larger timeout=" if is_unknown else None
        return RequestTimeoutError(f"no response in time ({kind})", hint=timeout_hint, **details)
    message = redact(" ".join(str(error).split()))[:_MAX_MESSAGE]
    failure = ConnectionFailedError(f"no response ({kind})" + (f": {message}" if message else ""), **details)
    if "CERTIFICATE_VERIFY_FAILED" in message:
        failure.hint = (
            "the certificate is not trusted: set SSL_CERT_FILE, or pass verify= with the certificates to trust"
        )
    elif isinstance(error, ProxyError):
        failure.hint = "the proxy refused the connection: check its URL, user and password in proxy= or the environment"
    elif error.proxied and not error.sent:
        failure.hint = "check the network, and the proxy in proxy= or the environment"
    elif is_unknown:
        failure.hint = _UNKNOWN_RESULT
    return failure


def clear_tracebacks(error: BaseException) -> BaseException:
    """Clear the tracebacks of an exception chain, whose frames hold tokens and bodies; return the exception."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
