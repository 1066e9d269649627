"""Actions of the signed-in user, as routes: likes, reposts, follows and comments."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Protocol, TypeAlias, cast

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from soundcloud import AsyncSoundCloudClient
from soundcloud._checks import check_strings
from soundcloud.errors import InvalidInputError
from soundcloud.urn import to_urn
from soundcloud.web.bodies import is_form, read_body
from soundcloud.web.events import Endpoint
from soundcloud.web.responses import SAFE_HEADERS, json_response
from soundcloud_api.api.reposts import delete_reposts_tracks_track_urn

_Method: TypeAlias = Callable[[AsyncSoundCloudClient, str], Awaitable[Any]]

# By action and kind: the method of a POST and the method of a DELETE.
_METHODS: dict[str, dict[str, tuple[_Method, _Method]]] = {
    "likes": {
        "tracks": (
            lambda client, urn: client.likes.like_track(urn),
            lambda client, urn: client.likes.unlike_track(urn),
        ),
        "playlists": (
            lambda client, urn: client.likes.like_playlist(urn),
            lambda client, urn: client.likes.unlike_playlist(urn),
        ),
    },
    "reposts": {
        "tracks": (
            lambda client, urn: client.reposts.repost_track(urn),
            # Not `unrepost_track`, which warns that SoundCloud deprecates this operation; it names no replacement.
            lambda client, urn: client.send(delete_reposts_tracks_track_urn(to_urn(urn, "tracks"))),
        ),
        "playlists": (
            lambda client, urn: client.reposts.repost_playlist(urn),
            lambda client, urn: client.reposts.unrepost_playlist(urn),
        ),
    },
    "follows": {"users": (lambda client, urn: client.me.follow(urn), lambda client, urn: client.me.unfollow(urn))},
}
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
ACTIONS = (*_METHODS, "comments")


class ClientOf(Protocol):
    """Yields the client of the user who sent a request, after the check against CSRF."""

    def __call__(self, request: Request) -> AbstractAsyncContextManager[AsyncSoundCloudClient]:
        """Return a context manager that yields the client."""
        ...


def action_routes(actions: Iterable[str], client_of: ClientOf) -> Iterator[tuple[str, list[str], Endpoint]]:
    """Yield path, methods and endpoint of the routes of some actions.

    Raises:
        InvalidInputError: There is no such action.
    """
    for action in check_strings("actions", actions, "actions"):
        if action == "comments":
            yield "/comments/tracks/{urn}", ["POST"], _comment(client_of)
        elif action in _METHODS:
            for kind, methods in _METHODS[action].items():
                yield f"/{action}/{kind}/{{urn}}", ["POST", "DELETE"], _reaction(client_of, *methods)
        else:
            raise InvalidInputError(f"actions: {action!r} is not an action: use {', '.join(ACTIONS)}")


def _reaction(client_of: ClientOf, do: _Method, undo: _Method) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        async with client_of(request) as client:
            await (undo if request.method == "DELETE" else do)(client, request.path_params["urn"])
        return Response(None, 204, SAFE_HEADERS)

    return endpoint


def _comment(client_of: ClientOf) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        async with client_of(request) as client:
            fields = await _read_comment(request)
            comment = await client.tracks.create_comment(
                request.path_params["urn"], fields.get("body", ""), fields.get("timestamp")
            )
        return json_response(comment.to_dict(), 201)

    return endpoint


async def _read_comment(request: Request) -> dict[str, Any]:
    """Return the fields of a form or of a JSON object; the API checks their values."""
    fields: Any = None
    if is_form(request.headers):
        fields = dict(await request.form())
        timestamp = fields.get("timestamp")
        if isinstance(timestamp, str) and _NUMBER.fullmatch(timestamp):
            timestamp = int(timestamp)
        # An empty field of a form is a field that was not filled in.
        fields["timestamp"] = None if timestamp == "" else timestamp
    else:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            fields = msgspec.json.decode(await read_body(request))
    if not isinstance(fields, dict) or any(isinstance(value, UploadFile) for value in cast("Any", fields).values()):
        raise HTTPException(
            422, 'the body is not a comment: send JSON such as {"body": "Nice", "timestamp": 1500}, or a form'
        )
    return cast("dict[str, Any]", fields)
