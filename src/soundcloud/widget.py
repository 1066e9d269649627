"""SoundCloud's player for your own pages: its address, and the HTML that shows it.

Nothing is sent: both are made here, from what you have. `client.resolve.oembed` asks SoundCloud for its own HTML.
"""

from html import escape
from typing import Any, TypedDict, Unpack, cast

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


class PlayerOptions(TypedDict, total=False):
    """The settings of SoundCloud's player. What is not given is not sent: the player has its own ideas then.

    Attributes:
        auto_play: Whether it begins by itself. Browsers allow that only on pages that people have used.
        color: The colour of the play button and of what was played, as six hexadecimal digits: `#ff5500`.
        buying: Whether it shows the link to buy.
        sharing: Whether it shows the button to share.
        download: Whether it shows the button to download, of what can be downloaded.
        show_artwork: Whether it shows the picture.
        show_playcount: Whether it shows how often it was played.
        show_user: Whether it shows who uploaded it.
        show_comments: Whether it shows comments.
        show_reposts: Whether, for a user, it shows what this one reposted.
        show_teaser: Whether it shows the invitation to open SoundCloud.
        hide_related: Whether other tracks are kept away when it has ended.
        single_active: Whether it pauses when another player of the page begins.
        start_track: Which track of a list it begins with, counted from 0.
        visual: Whether the picture fills the player, in the place of the waveform alone.
    """

    auto_play: bool
    color: str
    buying: bool
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


@attrs.frozen(kw_only=True)
class OEmbed:
    """How to embed something, as SoundCloud says or, where it does not, as this package does.

    Attributes:
        html: The HTML to put into a page.
        type: `rich`.
        version: `1.0`; SoundCloud has sent it as a number.
        provider_name: `SoundCloud`.
        provider_url: SoundCloud's address.
        width: A text, as SoundCloud sends it: `100%`, or a number of pixels.
        height: Pixels.
        title: What it is, for people; None where this is not known.
        description: Its description, or None.
        thumbnail_url: The address of a picture, or None.
        author_name: Who made it, or None.
        author_url: The page of who made it, or None.
        is_fallback: Whether SoundCloud did not answer, and the HTML was made here.
        reason: Why it was made here; None where SoundCloud answered.
    """

    html: str = attrs.field(repr=False)  # a share link's secret may be in it
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
    """Write the address of SoundCloud's player, for an iframe of your own.

    Args:
        resource: A permalink, a share link, an API URL, a URN, a number, or a model such as `Track`. The player refuses
            URNs, so it is given the number in them.
        kind: `tracks`, `users` or `playlists`; needed for a number.
        secret_token: The secret of a share link (`s-...`), for what is private. A share link holds it, and so do
            models of your own private things. Whoever can see the page can read it.
        player: The player's address. A sandbox has another one.
        options: See `PlayerOptions`.

    Returns:
        The address.

    Raises:
        InvalidInputError: An argument is wrong, or the resource has no address that the player takes.

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
) -> str:
    """Write the HTML that shows SoundCloud's player.

    Args:
        resource: See `player_url`.
        kind: See `player_url`.
        secret_token: See `player_url`.
        title: What the player is called, for those who hear the page; made of the model when not given.
        width: Pixels, or a text such as `100%`, the default.
        height: Pixels. When not given: 166 for a track, 300 for one with `visual=True`, 450 for anything with several
            tracks.
        lazy: Whether it is loaded only when it is about to be seen; default True.
        player: See `player_url`.
        options: See `PlayerOptions`.

    Returns:
        One element, escaped.

    Raises:
        InvalidInputError: An argument is wrong, or the resource has no address that the player takes.

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
) -> str:
    """The HTML of what was found already; see `iframe`."""
    if title is None:
        title = f"{found.title} on SoundCloud" if found.title else "SoundCloud player"
    if not isinstance(title, str) or not title.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError("title is empty: people who cannot see the player know it by its title")
    if height is None:
        height = player_height(is_list=found.is_list, visual=options.get("visual") is True)
    attributes = {
        "title": title,
        "src": build_player_url(player, found.url, player_options(options)),
        "width": check_size("width", width, percent=True),
        "height": check_size("height", height, percent=False),
        "allow": "autoplay",  # without it a script of the page cannot start it either
        "frameborder": "0",
        "scrolling": "no",
    }
    if lazy:
        attributes["loading"] = "lazy"
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<iframe {written}></iframe>"
