"""What an argument names: a number, a URN, an API URL, or a link of soundcloud.com, share links too."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

_SITES = {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "on.soundcloud.com"}


@attrs.frozen
class Located:
    """What an argument names.

    Attributes:
        urn: Its URN.
        kind: `tracks`, `users` or `playlists`.
        secret_token: The secret of the share link, or None.
    """

    urn: str
    kind: str
    secret_token: str | None = attrs.field(default=None, repr=False)


def locate(client: "SoundCloudClient", text: str, kind: str | None) -> Located:
    """Find what an argument names; SoundCloud is asked for links only.

    Args:
        client: Asks SoundCloud.
        text: The argument.
        kind: `tracks`, `users` or `playlists`; None where a link may name any of them.

    Returns:
        What it names.

    Raises:
        CommandError: It is of another kind.
        InvalidInputError: It names nothing.
        NotFoundError: The link names nothing.
    """
    from soundcloud import Urn

    location = client.resolve.resolve_url(_with_scheme(text)) if _is_link(text) else text
    secret_token = parse_qs(urlsplit(location).query).get("secret_token", [None])[0] if "://" in location else None
    urn = Urn.parse(location, None if _is_link(text) else kind)
    found = "playlists" if urn.kind == "system-playlists" else urn.kind
    if kind is not None and found != kind:
        raise CommandError(
            f"this names one of the {found}, and one of the {kind} is needed",
            f"soundcloud {found[:-1]} {text}",
            code=USAGE,
        )
    return Located(urn, found, secret_token)


def _with_scheme(text: str) -> str:
    return text if "://" in text else f"https://{text}"


def _is_link(text: str) -> bool:
    """Whether only SoundCloud knows what it names: a link of its site, or of the site of a sandbox."""
    text = text.strip()
    if "://" not in text:
        return text.partition("/")[0] in _SITES
    try:
        return urlsplit(text).hostname in _SITES
    except ValueError:
        return False
