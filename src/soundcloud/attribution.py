"""The credit that SoundCloud asks for wherever its tracks are played by another player than its own."""

from html import escape

import attrs

from soundcloud._protocol.media.embeds import WEB, is_private_link, string_field
from soundcloud.errors import InvalidInputError
from soundcloud_api.models import Playlist, Track

LOGOS = "https://developers.soundcloud.com/docs/api/buttons-logos"
"""Where SoundCloud's logos are, and how they may be used."""


@attrs.frozen
class Attribution:
    """Who is to be credited, and where the credit leads.

    SoundCloud asks for three things next to a player that is not its own: the uploader's name, SoundCloud's name with its
    logo (see `LOGOS`), and a link to the track's page; for what is private, to the uploader's page.

    Attributes:
        title: What it is called, or None.
        uploader: Who uploaded it.
        uploader_url: The uploader's page, or None.
        link: Where the credit leads: the track's page, or the uploader's for what is private; never a share link.
        is_private: Whether it is private.
    """

    title: str | None
    uploader: str
    uploader_url: str | None
    link: str | None
    is_private: bool

    @property
    def text(self) -> str:
        """The credit as plain text, in one line."""
        named = f"{self.title} by {self.uploader}" if self.title else self.uploader
        return f"{named} on SoundCloud" + (f": {self.link}" if self.link else "")

    @property
    def html(self) -> str:
        """The credit as HTML, escaped, with links. The logo is yours to add."""
        uploader = _anchor(self.uploader_url, self.uploader)
        title = _anchor(None if self.is_private else self.link, self.title) + " by " if self.title else ""
        return f"{title}{uploader} on {_anchor(WEB, 'SoundCloud')}"


def get_attribution(track: Track | Playlist) -> Attribution:
    """Find out how a track is to be credited.

    Args:
        track: The track, or a playlist.

    Returns:
        The credit, as data, as text and as HTML.

    Raises:
        InvalidInputError: It does not say who uploaded it.

    Example:
        >>> print(get_attribution(track).text)
        Flickermood by Forss on SoundCloud: https://soundcloud.com/forss/flickermood

    Source:
        https://developers.soundcloud.com/docs/api/guide#playing
    """
    if not isinstance(track, Track | Playlist):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"a track or a playlist is credited, not {type(track).__name__}")
    uploader = _line_of(track.user, "username")
    if uploader is None:
        raise InvalidInputError(
            f"this {type(track).__name__} does not say who uploaded it: get it again, on its own, for the whole of it"
        )
    is_private = track.sharing == "private" or any(
        is_private_link(getattr(track, name, None)) for name in ("permalink_url", "uri", "secret_uri")
    )
    page = _address_of(track.user)
    link = page if is_private else _address_of(track) or page
    return Attribution(_line_of(track, "title"), uploader, page, link, is_private)


def _line_of(model: object, name: str) -> str | None:
    """A text of a model, in one line."""
    return " ".join((string_field(model, name) or "").split()) or None


def _address_of(model: object) -> str | None:
    """The page of a track, a playlist or a user, if it may stand in a link: no script."""
    url = string_field(model, "permalink_url")
    return url if url and url.startswith(("https://", "http://")) and not any(map(str.isspace, url)) else None


def _anchor(url: str | None, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text)
