"""The log of requests and responses: one record for each at DEBUG, and their bodies at TRACE, without secrets."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import count
from time import perf_counter
from typing import Any

import msgspec

from soundcloud._protocol.error_mapping import request_id_from
from soundcloud._protocol.http.headers import decode_headers
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.masking import Masker, is_secret_name, mask_issued_tokens, masker_for
from soundcloud_api.types import File, FormModel, redact

logger = logging.getLogger("soundcloud")

TRACE = 5
"""The level of bodies, below `logging.DEBUG`."""

LEVELS = {"trace": TRACE, "debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
"""The values of the environment variable `SOUNDCLOUD_LOG`."""

MAX_BODY = 10_000
"""The number of characters of a body that are logged."""

_NUMBERS = count(1)
_REQUEST_HEADERS = frozenset(
    {"accept", "cache-control", "content-length", "content-type", "if-none-match", "traceparent", "user-agent"}
)
_NOT_SHOWN = frozenset({"accept", "accept-encoding", "host"})
_RESPONSE_HEADERS = ("content-type", "location", "etag", "cache-control", "retry-after", "server", "via")
_RATE_LIMIT = "x-ratelimit-"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET_FIELD = re.compile(
    r"""("(?:\w*_token|code|code_verifier|client_secret|password)"\s*:\s*")(?:[^"\\]|\\.)*""", re.IGNORECASE
)

if logging.getLevelName(TRACE) == f"Level {TRACE}":
    logging.addLevelName(TRACE, "TRACE")


def configure_log(value: str | None) -> None:
    """Set the level of the log to the value of `SOUNDCLOUD_LOG`, and add a handler if the program has none.

    Args:
        value: A name of `LEVELS` in any case; None or an empty string changes nothing.
    """
    if not value:
        return
    level = LEVELS.get(value.strip().lower())
    if level is None:
        logger.warning("SOUNDCLOUD_LOG=%r is ignored: use one of %s", value, ", ".join(LEVELS))
        return
    logger.setLevel(level)
    if not logger.hasHandlers():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)


class AttemptLog:
    """The records of one attempt. Create it only if DEBUG is enabled.

    Args:
        request: The request.
        token: The access token that is sent with it.
        headers: The headers that are sent.
    """

    __slots__ = ("_masker", "_number", "_start")

    def __init__(self, request: Request, token: str | None, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._masker, self._number = masker_for(request, token), next(_NUMBERS)
        shown = self._masker.text(", ".join(_request_headers(decode_headers(headers))))
        logger.debug("#%d request: %s %s (%s)", self._number, request.method, self._text(request.url), shown)
        if logger.isEnabledFor(TRACE):
            body = _request_body(request)
            if body is not None:
                logger.log(TRACE, "#%d request body: %s", self._number, self._text(body)[:MAX_BODY])
        self._start = perf_counter()

    def finish(self, response: Response) -> None:
        """Log the response."""
        duration, size = perf_counter() - self._start, len(response.content)
        notes = [f"request id {found}" for found in [request_id_from(response)] if found]
        notes += [f"{name}: {response.headers[name]}" for name in _RESPONSE_HEADERS if name in response.headers]
        notes += [f"{name}: {value}" for name, value in response.headers.items() if name.startswith(_RATE_LIMIT)]
        shown = self._text(", ".join(notes))
        logger.debug("#%d response: %d in %.3f s, %d bytes (%s)", self._number, response.status, duration, size, shown)
        if size and logger.isEnabledFor(TRACE):
            logger.log(TRACE, "#%d response body: %s", self._number, self._text(_response_body(response))[:MAX_BODY])

    def fail(self, error: Exception) -> None:
        """Log that there is no response."""
        duration, name = perf_counter() - self._start, type(error).__name__
        logger.debug("#%d no response after %.3f s: %s: %s", self._number, duration, name, self._text(str(error)))

    def _text(self, text: str) -> str:
        return mask_text(text, self._masker)


def mask_text(text: str, masker: Masker) -> str:
    """Mask the secrets of a request, tokens, the secrets of share links, authorization codes and email addresses."""
    text = redact(mask_issued_tokens(masker.text(text)))
    return _EMAIL.sub("***@***", _SECRET_FIELD.sub(r"\1***", text))


def _request_headers(headers: Mapping[str, str]) -> Iterable[str]:
    """Yield the headers of a request; the values of those that a caller added may be secrets."""
    for name, value in headers.items():
        if name == "authorization":
            yield f"{name}: {value.partition(' ')[0]} ***"
        elif name not in _NOT_SHOWN:
            yield f"{name}: {value if name in _REQUEST_HEADERS else '***'}"


def _request_body(request: Request) -> str | None:
    if request.json is not None:
        return msgspec.json.encode(request.json).decode("utf-8", "replace")
    fields: Mapping[str, Any] | None = request.form.fields() if isinstance(request.form, FormModel) else request.form
    if fields is None:
        return None
    shown = {
        name: f"<{value.media_type}>" if isinstance(value, File) else "***" if is_secret_name(name) else value
        for name, value in fields.items()
    }
    return json.dumps(shown, ensure_ascii=False)


def _response_body(response: Response) -> str:
    kind = response.headers.get("content-type", "")
    if kind and not any(word in kind for word in ("json", "text", "xml", "mpegurl")):
        return f"<{len(response.content)} bytes of {kind}>"
    return response.content.decode("utf-8", "replace")
