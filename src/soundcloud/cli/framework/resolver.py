"""Resolves arguments to URNs: ids, URNs, names, API URLs and soundcloud.com URLs, share links included."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError, describe_error
from soundcloud.cli.framework.options import FORMS
from soundcloud.cli.framework.stdin import read_item

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

_SITES = {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "on.soundcloud.com"}
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_PATH = 4


@attrs.frozen
class ResolvedResource:
    """The track, user, playlist or station that an argument names; `kind` is `tracks`, `users` or `playlists`, for stations too."""

    urn: str
    kind: str
    is_station: bool = False
    secret_token: str | None = attrs.field(default=None, repr=False)


def resolve(client: "SoundCloudClient", argument: str, kind: str | None) -> ResolvedResource:
    """Resolve an argument of the required kind, or of any; only a name or a soundcloud.com URL needs a request.

    `:3` is a row of the last list, and `-` reads the argument from standard input.
    """
    from soundcloud import InvalidInputError, NotFoundError, Urn

    argument = read_item(argument)
    url = web_url(argument, kind)
    try:
        location = argument if url is None else client.resolve.resolve_url(url)
    except NotFoundError as error:
        message = describe_error(error)
        raise CommandError(f"{_shown(argument)} not found", message.hint, code=message.code) from error
    try:
        secret_token = parse_qs(urlsplit(location).query).get("secret_token", [None])[0] if "://" in location else None
        # A bare id needs the kind; a URN of another kind is rejected below, with the command for it.
        urn = Urn.parse(location, kind if location.strip().isdigit() else None)
    except (InvalidInputError, ValueError):
        if kind is None and argument.isdigit():
            what = f"the id {argument} could be that of a track, a user or a playlist"
            raise CommandError(what, f"use its URN, such as soundcloud:tracks:{argument}", code=USAGE) from None
        noun = "track, user or playlist" if kind is None else kind[:-1]
        forms = FORMS["resource" if kind is None else kind[:-1]]
        raise CommandError(f"{_shown(argument)} is not a {noun}", f"use {forms}", code=USAGE) from None
    is_station = urn.kind == "system-playlists"
    found = "playlists" if is_station else urn.kind
    if kind is not None and found != kind:
        raise CommandError(
            f"{_shown(argument)} is a {found[:-1]}, not a {kind[:-1]}",
            f"soundcloud {found[:-1]} {_shown(argument)}",
            code=USAGE,
        )
    return ResolvedResource(urn, found, is_station, secret_token)


def web_url(argument: str, kind: str | None) -> str | None:
    """Return the soundcloud.com URL that an argument names; None for an id, a URN and an API URL.

    `@name`, `artist/title` and `artist/sets/title` are names. So is `name` where a user can be named, and `artist/title` of a
    playlist where a playlist is required.
    """
    argument = argument.strip()
    if _is_web_url(argument):
        return argument if "://" in argument else f"https://{argument}"
    parts = argument.removeprefix("@").split("/")
    is_bare = len(parts) == 1 and not argument.startswith("@")
    if len(parts) > _LONGEST_PATH or not all(map(_NAME.fullmatch, parts)):
        return None
    if is_bare and (argument.isdigit() or kind not in {"users", None}):
        return None
    if kind == "playlists" and len(parts) == 2:
        parts.insert(1, "sets")
    return f"https://soundcloud.com/{'/'.join(parts)}"


def _is_web_url(argument: str) -> bool:
    """Return whether an argument is a URL of soundcloud.com, which only SoundCloud can resolve."""
    if "://" not in argument:
        return argument.partition("/")[0].lower() in _SITES
    try:
        return urlsplit(argument).hostname in _SITES
    except ValueError:
        return False


def _shown(argument: str) -> str:
    """Return an argument for a message, shortened and without the secret of a share link."""
    from soundcloud._protocol.validation import repr_value

    return repr_value(argument)
