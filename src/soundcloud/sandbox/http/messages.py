"""One request and its answer, as handlers see them: plain data, no web framework."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast

if TYPE_CHECKING:
    from soundcloud.sandbox.state import State

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object, ready to be written."""

EXPLORER = "https://developers.soundcloud.com/docs/api/explorer/open-api"
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
_LAST_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back: a status, a JSON value or text, and headers.

    Attributes:
        content: A JSON value, text or bytes; None sends an empty body.
        status: The status code.
        headers: Headers beyond those of every answer.
        media_type: The content type; None picks JSON for values and leaves empty bodies without one.
    """

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    media_type: str | None = None


class ResponseError(Exception):
    """Ends a handler with an answer of its own.

    Args:
        response: The response to send.
    """

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class HTTPError(ResponseError):
    """Ends a handler with an error object.

    Args:
        status: The status code.
        message: The reason; often empty, as with SoundCloud.
    """

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(error_response(status, message))


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file part of a form.

    Attributes:
        filename: What the sender called it.
        file: Its bytes, to be read from the start.
    """

    filename: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose token came along.

    Attributes:
        session: The session that the token belongs to; sign-out ends it.
        user_id: The person, or None for an app's own token.
    """

    session: int
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request that reached an operation.

    Attributes:
        state: The sandbox's data and addresses.
        url_path: The path as sent, percent-decoded.
        path: Values of the path's placeholders.
        query: Query values; of a repeated one the last.
        viewer: Whose token came along.
        content: The body's bytes, unless it was a form.
        form: The fields of a form; None where the body was none.
    """

    state: "State"
    url_path: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    viewer: Viewer
    content: bytes = b""
    form: Mapping[str, str | UploadedFile] | None = None

    @property
    def user_id(self) -> int:
        """The id of the person who asks; an app's own token is refused with 401."""
        if self.viewer.user_id is None:
            raise HTTPError(401)
        return self.viewer.user_id

    def resource_id(self, name: str, kind: str) -> int:
        """Read a resource of the path, given as a number or a URN.

        Args:
            name: The placeholder.
            kind: `tracks`, `users` or `playlists`.

        Returns:
            The number, or -1 where the text names no such resource: nothing has that number.
        """
        return parse_resource_id(self.path[name], kind)

    def json_object(self) -> JsonObject:
        """Read the body as a JSON object; anything else is refused with 400."""
        try:
            value = json.loads(self.content)
            # Half of a surrogate pair is JSON, but no text that could be kept.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise HTTPError(400, "Could not parse JSON request body.") from None
        if not isinstance(value, dict):
            raise HTTPError(400, "Could not parse JSON request body.")
        return cast("JsonObject", value)


def parse_resource_id(text: str, kind: str) -> int:
    """Read `123` or `soundcloud:tracks:123`; -1 where it is neither."""
    digits = text.removeprefix(f"soundcloud:{kind}:")
    return int(digits) if _LAST_NUMBER.fullmatch(digits) else -1


def error_object(status: int, message: str = "") -> JsonObject:
    """Make the object that SoundCloud sends with an error."""
    return {
        "code": status,
        "message": message,
        "link": EXPLORER,
        "status": f"{status} - {_PHRASES[status]}",
        "errors": [{"error_message": message}] if message else [],
        "error": None,
    }


def error_response(status: int, message: str = "") -> Response:
    """Make the answer that says what went wrong; the message is often empty, as with SoundCloud."""
    charset = "; charset=utf-8" if status in {400, 401} else ""
    return Response(error_object(status, message), status, media_type=f"application/json{charset}")


def status_response(text: str = "200 - OK") -> Response:
    """Make the answer that holds a status line and nothing else."""
    return Response({"status": text})


def redirect(location: str) -> Response:
    """Make a redirect the way SoundCloud does: with a JSON body as well as the header."""
    return Response({"status": "302 - Found", "location": location}, 302, {"Location": location})
