"""The URL and HTML of SoundCloud's embedded player.

No request is sent. `client.resolve.oembed` requests SoundCloud's own HTML instead.
"""

from html import escape
from typing import Any, TypedDict, Unpack, cast
from urllib.parse import unquote

import attrs

from soundcloud._protocol.media.embeds import (
    PLAYER,
    EmbeddedKind,
    EmbedTarget,
    build_player_url,
    check_size,
    find_embed_target,
    player_height,
    player_options,
)
from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource
from soundcloud_api.types import redact

__all__ = ["Frame", "OEmbed", "PlayerOptions", "iframe", "player_url"]


class PlayerOptions(TypedDict, total=False):
    """Settings of SoundCloud's player. The player uses its own default for a setting that is not given.

    Attributes:
        auto_play: Whether to start playing at once. Browsers allow it only after an interaction with the page.
        color: The colour of the play button and of the played part, as six hexadecimal digits: `#ff5500`.
        buying: Whether to show the purchase link.
        liking: Whether to show the like button.
        sharing: Whether to show the share button.
        download: Whether to show the download button of downloadable tracks.
        show_artwork: Whether to show the artwork.
        show_playcount: Whether to show the play count.
        show_user: Whether to show the uploader.
        show_comments: Whether to show comments.
        show_reposts: Whether the player of a user shows the user's reposts.
        show_teaser: Whether to show the link to the SoundCloud app.
        hide_related: Whether to hide related tracks at the end.
        single_active: Whether to pause when another player of the page starts.
        start_track: The position of the first track of a list to play, from 0.
        visual: Whether the artwork fills the player instead of standing next to the waveform.
    """

    auto_play: bool
    color: str
    buying: bool
    liking: bool
    sharing: bool
    download: bool
    show_artwork: bool
    show_playcount: bool
    show_user: bool
    show_comments: bool
    show_reposts: bool
    show_teaser: bool
    hide_related: bool
    single_active: bool
    start_track: int
    visual: bool


class Frame(str):
    """The HTML of an iframe, a string that Jinja, Django and notebooks show as HTML; it needs no `|safe`."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the HTML for MarkupSafe and Django, which escape other strings."""
        return str(self)

    def _repr_html_(self) -> str:
        """Return the HTML for a notebook, whose file keeps it; without the player if that contains the secret of a share link."""
        address = unquote(self)
        if redact(address) == address:
            return str(self)
        return "<p>The player of a private resource is not shown, because the notebook would keep the secret of its share link.</p>"


@attrs.frozen(kw_only=True)
class OEmbed:
    """An oEmbed response of SoundCloud, or a fallback that this package created.

    Attributes:
        html: The HTML to embed.
        type: `rich`.
        version: `1.0`; a string, although SoundCloud has sent it as a number.
        provider_name: `SoundCloud`.
        provider_url: The URL of SoundCloud.
        width: `100%`, or a number of pixels; a string.
        height: The height in pixels.
        title: The title of the resource; None if unknown.
        description: The description, or None.
        thumbnail_url: The URL of the artwork, or None.
        author_name: The name of the uploader, or None.
        author_url: The URL of the uploader's page, or None.
        is_fallback: Whether the HTML was created by this package because SoundCloud returned none.
        reason: Why it is a fallback; None otherwise.
    """

    html: str = attrs.field(repr=False)  # may contain the secret of a share link
    type: str = "rich"
    version: str = "1.0"
    provider_name: str = "SoundCloud"
    provider_url: str = "https://soundcloud.com"
    width: str = "100%"
    height: int
    title: str | None = None
    description: str | None = attrs.field(default=None, repr=False)
    thumbnail_url: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    is_fallback: bool = False
    reason: str | None = None


def player_url(
    resource: Resource,
    *,
    kind: EmbeddedKind | None = None,
    secret_token: str | None = None,
    player: str = PLAYER,
    **options: Unpack[PlayerOptions],
) -> str:
    """Return the URL of SoundCloud's player, for an iframe of your own.

    Args:
        resource: A permalink URL, a share link, an API URL, a URN, an id, or a model such as `Track`. The player does not
            accept URNs, so a URN is replaced by its id.
        kind: The kind of the resource: `tracks`, `users` or `playlists`; required for an id, default any kind.
        secret_token: The secret of a share link (`s-...`), for a private resource; default that of the share link or model.
            Every visitor of the page can read it.
        player: The URL of the player; default SoundCloud's. A sandbox has its own.
        options: See `PlayerOptions`.

    Raises:
        InvalidInputError: An argument is wrong, or the player does not accept the resource.

    Example:
        >>> player_url("https://soundcloud.com/forss/flickermood", color="#0066cc")
        'https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fforss%2Fflickermood&color=%230066cc'

    Source:
        https://developers.soundcloud.com/docs/api/html5-widget
    """
    found = find_embed_target(resource, kind, secret_token)
    return build_player_url(player, found.url, player_options(cast("dict[str, Any]", options)))


def iframe(
    resource: Resource,
    *,
    kind: EmbeddedKind | None = None,
    secret_token: str | None = None,
    title: str | None = None,
    width: int | str = "100%",
    height: int | None = None,
    lazy: bool = True,
    player: str = PLAYER,
    **options: Unpack[PlayerOptions],
) -> Frame:
    """Return the HTML of an iframe with SoundCloud's player, escaped.

    Args:
        resource: See `player_url`.
        kind: See `player_url`.
        secret_token: See `player_url`.
        title: The title of the iframe, which screen readers announce; by default the title of a model.
        width: Pixels, or a string such as `100%`, the default.
        height: Pixels; default 166 for a track, 300 for a track with `visual=True`, 450 for several tracks.
        lazy: Whether the browser loads the player only when it scrolls into view; default True.
        player: See `player_url`.
        options: See `PlayerOptions`.

    Returns:
        A `str` that templates and notebooks show as HTML.

    Raises:
        InvalidInputError: An argument is wrong, or the player does not accept the resource.

    Example:
        >>> html = iframe(track, visual=True)

    Source:
        https://developers.soundcloud.com/docs/api/html5-widget
    """
    found = find_embed_target(resource, kind, secret_token)
    return frame_of(found, cast("dict[str, Any]", options), title, width, height, player, lazy=lazy)


def frame_of(
    found: EmbedTarget,
    options: dict[str, Any],
    title: str | None,
    width: int | str,
    height: int | None,
    player: str,
    *,
    lazy: bool = True,
) -> Frame:
    """Return the HTML of an iframe; see `iframe`."""
    if title is None:
        title = f"{found.title} on SoundCloud" if found.title else "SoundCloud player"
    if not isinstance(title, str) or not title.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError("title is empty: screen readers announce the player by its title")
    if height is None:
        height = player_height(is_list=found.is_list, visual=options.get("visual") is True)
    attributes = {
        "title": title,
        "src": build_player_url(player, found.url, player_options(options)),
        "width": check_size("width", width, percent=True),
        "height": check_size("height", height, percent=False),
        "allow": "autoplay",  # otherwise not even a script of the page can start the player
        "frameborder": "0",
        "scrolling": "no",
    }
    if lazy:
        attributes["loading"] = "lazy"
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return Frame(f"<iframe {written}></iframe>")
