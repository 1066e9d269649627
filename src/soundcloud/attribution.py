"""The attribution that SoundCloud requires of players other than its own."""

from html import escape

import attrs

from soundcloud._protocol.http.urls import WEB
from soundcloud._protocol.media.embeds import is_private_link, string_field
from soundcloud.errors import InvalidInputError
from soundcloud_api.models import Playlist, Track

LOGOS = "https://developers.soundcloud.com/docs/api/buttons-logos"
"""The page with SoundCloud's logos and the rules for their use."""


@attrs.frozen
class Attribution:
    """The attribution of a track or playlist.

    SoundCloud requires three things next to a player that is not its own: the uploader's name, SoundCloud's name with its
    logo (see `LOGOS`), and a link to the track's page. A private track links to the uploader's page instead.

    Attributes:
        title: The title, or None.
        uploader: The uploader's name.
        uploader_url: The URL of the uploader's page, or None.
        link: The URL of the track's page, or of the uploader's page if the track is private; never a share link.
        is_private: Whether the track or playlist is private.
    """

    title: str | None
    uploader: str
    uploader_url: str | None
    link: str | None
    is_private: bool

    @property
    def text(self) -> str:
        """The attribution as one line of plain text."""
        named = f"{self.title} by {self.uploader}" if self.title else self.uploader
        return f"{named} on SoundCloud" + (f": {self.link}" if self.link else "")

    @property
    def html(self) -> str:
        """The attribution as escaped HTML with links, without the logo."""
        uploader = _anchor(self.uploader_url, self.uploader)
        title = _anchor(None if self.is_private else self.link, self.title) + " by " if self.title else ""
        return f"{title}{uploader} on {_anchor(WEB, 'SoundCloud')}"


def get_attribution(track: Track | Playlist) -> Attribution:
    """Return the attribution of a track or playlist.

    Raises:
        InvalidInputError: The uploader is missing.

    Example:
        >>> print(get_attribution(track).text)
        Flickermood by Forss on SoundCloud: https://soundcloud.com/forss/flickermood

    Source:
        https://developers.soundcloud.com/docs/api/guide#playing
    """
    if not isinstance(track, Track | Playlist):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{type(track).__name__} has no attribution: pass a track or a playlist")
    owner = getattr(track, "user", None)
    uploader = _line_of(owner, "username")
    if uploader is None:
        raise InvalidInputError(
            f"this {type(track).__name__} has no uploader: fetch it by its id, which returns all fields"
        )
    is_private = track.sharing == "private" or any(
        is_private_link(getattr(track, name, None)) for name in ("permalink_url", "uri", "secret_uri")
    )
    page = _page_url(owner)
    link = page if is_private else _page_url(track) or page
    return Attribution(_line_of(track, "title"), uploader, page, link, is_private)


def _line_of(model: object, name: str) -> str | None:
    """Return a string of a model in one line."""
    return " ".join((string_field(model, name) or "").split()) or None


def _page_url(model: object) -> str | None:
    """Return the URL of a resource's page if it is http or https: another scheme could run a script."""
    url = string_field(model, "permalink_url")
    return url if url and url.startswith(("https://", "http://")) and not any(map(str.isspace, url)) else None


def _anchor(url: str | None, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text)
