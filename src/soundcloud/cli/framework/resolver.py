"""Resolves arguments to URNs: ids, URNs, API URLs and soundcloud.com URLs, share links included."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

_SITES = {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "on.soundcloud.com"}


@attrs.frozen
class ResolvedResource:
    """The track, user, playlist or station that an argument names; `kind` is `tracks`, `users` or `playlists`, for stations too."""

    urn: str
    kind: str
    is_station: bool = False
    secret_token: str | None = attrs.field(default=None, repr=False)


def resolve(client: "SoundCloudClient", argument: str, kind: str | None) -> ResolvedResource:
    """Resolve an argument of the required kind, or of any; only a soundcloud.com URL needs a request."""
    from soundcloud import Urn

    is_web_url = _is_web_url(argument)
    url = argument if "://" in argument else f"https://{argument}"
    location = client.resolve.resolve_url(url) if is_web_url else argument
    secret_token = parse_qs(urlsplit(location).query).get("secret_token", [None])[0] if "://" in location else None
    urn = Urn.parse(location, None if is_web_url else kind)
    is_station = urn.kind == "system-playlists"
    found = "playlists" if is_station else urn.kind
    if kind is not None and found != kind:
        raise CommandError(
            f"{argument!r} is a {found[:-1]}, not a {kind[:-1]}",
            f"soundcloud {found[:-1]} {argument}",
            code=USAGE,
        )
    return ResolvedResource(urn, found, is_station, secret_token)


def _is_web_url(argument: str) -> bool:
    """Return whether an argument is a URL of soundcloud.com, which only SoundCloud can resolve."""
    argument = argument.strip()
    if "://" not in argument:
        return argument.partition("/")[0] in _SITES
    try:
        return urlsplit(argument).hostname in _SITES
    except ValueError:
        return False
