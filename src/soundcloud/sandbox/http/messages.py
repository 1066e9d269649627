"""Requests and responses as handlers see them: plain data, without the web framework."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, TypeAlias, cast

from soundcloud.sandbox.data.text import format_timestamp
from soundcloud.sandbox.state import State

JsonObject: TypeAlias = dict[str, Any]  # a JSON object of a request or a response

# Useless values, but SoundCloud sends them.
RATE_LIMIT_HEADERS = {"x-ratelimit-limit": "-1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}

# Names the invented parts of a response: `body`, `fields`, `paging`, `status`, or a field.
INVENTED = "x-sandbox-invented"

_EXPLORER = "https://developers.soundcloud.com/docs/api/explorer/open-api"
_PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}
# 18 digits fit into an INTEGER of SQLite.
_RESOURCE_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Response:
    """A response; by default its content is sent as JSON, and None as an empty body without a type."""

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    media_type: str | None = None


class ResponseError(Exception):
    """Ends a handler with a response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class HTTPError(ResponseError):
    """Ends a handler with an error object."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(error_response(status, message))


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file part of a form."""

    filename: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Viewer:
    """The owner of the access token of a request; `user_id` is None for an app token."""

    session: int
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was routed to an operation; its body is in `form` if it is a form, else in `content`."""

    state: State
    url_path: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    viewer: Viewer
    content: bytes = b""
    form: Mapping[str, str | UploadedFile] | None = None

    @property
    def user_id(self) -> int:
        """The id of the user; an app token is rejected with 401."""
        if self.viewer.user_id is None:
            raise HTTPError(401)
        return self.viewer.user_id

    def json_object(self) -> JsonObject:
        """Decode the body as a JSON object; reject anything else with 400."""
        try:
            value = json.loads(self.content)
            # json.loads accepts a lone surrogate, which SQLite cannot store.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise HTTPError(400, "Could not parse JSON request body.")
        return cast("JsonObject", value)


def parse_resource_id(value: str, kind: str) -> int:
    """Return the id in `123` or `soundcloud:tracks:123`; -1, which no resource has, for anything else."""
    digits = value.removeprefix(f"soundcloud:{kind}:")
    return int(digits) if _RESOURCE_ID.fullmatch(digits) else -1


def error_object(status: int, message: str = "") -> JsonObject:
    """Return SoundCloud's error object."""
    return {
        "code": status,
        "message": message,
        "link": _EXPLORER,
        "status": f"{status} - {_PHRASES[status]}",
        "errors": [{"error_message": message}] if message else [],
        "error": None,
    }


def rate_limit_object(limit: JsonObject, reset_at: float) -> JsonObject:
    """Return the body of SoundCloud's 429 response with a reset time."""
    meta = {"rate_limit": limit, "remaining_requests": 0, "reset_time": format_timestamp(int(reset_at))}
    return {"errors": [{"meta": meta}]}


def error_response(status: int, message: str = "") -> Response:
    """Return a response with an error object; the message is often empty, as with SoundCloud."""
    charset = "; charset=utf-8" if status in {400, 401} else ""
    return Response(error_object(status, message), status, media_type=f"application/json{charset}")


def status_response(status: str = "200 - OK") -> Response:
    """Return a response whose body is a status line."""
    return Response({"status": status})


def invented(response: Response, *parts: str) -> Response:
    """Mark the parts of a response that SoundCloud has not published, with a header that SoundCloud does not send."""
    return replace(response, headers={**response.headers, INVENTED: ", ".join(parts)})


def redirect(location: str) -> Response:
    """Return a redirect with a JSON body, as SoundCloud sends it."""
    return Response({"status": "302 - Found", "location": location}, 302, {"Location": location})
