"""What can be embedded, by which address, and with which settings of the player.

SoundCloud's player has refused URNs: it takes permalinks, and the API's addresses with plain numbers.
"""

import re
from typing import Any, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qs, quote, urlencode, urlsplit

import attrs

from soundcloud._protocol.http.urls import check_origin_url
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource, Urn
from soundcloud_api.types import Model

EmbeddedKind: TypeAlias = Literal["tracks", "users", "playlists"]
"""What can be embedded."""

WEB = "https://soundcloud.com"
PLAYER_HOST = "w.soundcloud.com"
PLAYER = f"https://{PLAYER_HOST}/player"
API = "https://api.soundcloud.com"

_WEB_HOSTS = frozenset({"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com"})
_KINDS = ("tracks", "users", "playlists")
# The pages of a user that are no track.
_SECTIONS = frozenset({"albums", "likes", "popular-tracks", "reposts", "sets", "spotlight", "tracks"})
_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)
_SECRET = re.compile(r"s-[\w-]{1,200}", re.ASCII)
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})", re.ASCII)
_PERCENT = re.compile(r"[1-9][0-9]{0,2}%", re.ASCII)
# In the order in which they are written.
_FLAGS = (
    "auto_play",
    "hide_related",
    "show_comments",
    "show_user",
    "show_reposts",
    "show_teaser",
    "show_artwork",
    "show_playcount",
    "buying",
    "sharing",
    "download",
    "single_active",
    "visual",
)


@attrs.frozen
class Embedded:
    """What is embedded.

    Attributes:
        address: The address that the player is given; it may hold the secret of a share link.
        link: The address that oEmbed is given: the permalink where it is known.
        is_list: Whether the player shows several tracks.
        title: What it is called, for people; None where that is not known.
    """

    address: str = attrs.field(repr=False)
    link: str = attrs.field(repr=False)
    is_list: bool
    title: str | None = None


def embedded(resource: Resource, kind: str | None, secret_token: str | None) -> Embedded:
    """Find the address of what is to be embedded.

    Args:
        resource: A permalink, a share link, an API URL, the URL of a player, a URN, a number, or a model.
        kind: What a number means; URNs, API URLs and models are checked against it.
        secret_token: The secret of a share link.

    Returns:
        The address.

    Raises:
        InvalidInputError: It names no track, user or playlist, or has no address that the player takes.
    """
    if kind is not None and kind not in _KINDS:
        raise InvalidInputError(f"kind={repr_value(kind)}: use one of {', '.join(_KINDS)}")
    if secret_token is not None and (not isinstance(secret_token, str) or not _SECRET.fullmatch(secret_token)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError("secret_token: give the secret of the share link, which looks like s-AbCdEf")
    if isinstance(resource, Model):
        return _of_model(resource, kind, secret_token)
    parts = _parts_of(resource)
    if parts is not None and parts.hostname == PLAYER_HOST:
        # The address inside may hold the secret of a share link.
        resource = parse_qs(parts.query).get("url", [""])[0]
        parts = _parts_of(resource)
    if parts is not None:
        if parts.hostname in _WEB_HOSTS:
            return _of_permalink(parts, secret_token)
        if parts.hostname == "on.soundcloud.com":
            raise InvalidInputError(
                "the player does not follow short links: give what client.resolve.resolve(url) finds there"
            )
        secret_token = secret_token or _secret_in(parts.query)
    return _of_urn(Urn.parse(resource, kind), secret_token)


def _of_model(model: Model, kind: str | None, secret_token: str | None) -> Embedded:
    """By the number where the URN ends in one, else by the permalink."""
    urn = Urn.parse(model, kind)
    sharing = text_of(model, "sharing")
    if secret_token is None and sharing != "public":
        places = ("secret_uri", "uri", "permalink_url")
        secret_token = next(filter(None, (_secret_of(text_of(model, name)) for name in places)), None)
    if secret_token is None and sharing == "private":
        raise InvalidInputError(
            f"this {type(model).__name__} is private, and the secret of its share link is not in it: give secret_token="
        )
    maker = text_of(model, "username") or text_of(getattr(model, "user", None), "username")
    title = " by ".join(filter(None, (text_of(model, "title"), maker))) or None
    by_permalink, parts = None, _parts_of(text_of(model, "permalink_url"))
    if parts is not None and parts.hostname in _WEB_HOSTS:
        by_permalink = _of_permalink(parts, secret_token)
    if by_permalink is not None and _number_of(urn) is None:
        return attrs.evolve(by_permalink, is_list=urn.kind != "tracks", title=title)
    found = _of_urn(urn, secret_token)
    return attrs.evolve(found, link=by_permalink.link if by_permalink is not None else found.link, title=title)


def _of_urn(urn: Urn, secret_token: str | None) -> Embedded:
    number = _number_of(urn)
    if urn.kind not in {*_KINDS, "system-playlists"}:
        raise InvalidInputError(f"{str(urn)!r}: only tracks, users and playlists can be embedded")
    if number is None:
        raise InvalidInputError(
            f"{str(urn)!r} has no number that the player understands, and URNs it refuses: give the permalink, "
            "such as https://soundcloud.com/forss/flickermood"
        )
    address = f"{API}/{urn.kind}/{number}" + (f"?secret_token={secret_token}" if secret_token else "")
    return Embedded(address, address, urn.kind != "tracks")


def _number_of(urn: Urn) -> str | None:
    return urn.id if urn.kind in _KINDS and _NUMBER.fullmatch(urn.id) else None


def _of_permalink(parts: SplitResult, secret_token: str | None) -> Embedded:
    """A link of soundcloud.com, without what was put behind it to count clicks."""
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments:
        raise InvalidInputError("this is SoundCloud's front page: give the link of a track, a playlist or a user")
    secret_token = secret_token or _secret_in(parts.query)
    if secret_token is not None and not _secret_among(segments):
        segments.append(secret_token)
    try:
        address = f"{WEB}/{quote('/'.join(segments), safe='/%:@!$&()*+,;=~')}"
    except UnicodeEncodeError:
        raise InvalidInputError("this link cannot be written: half a character") from None
    return Embedded(address, address, len(segments) == 1 or segments[1] in _SECTIONS or segments[0] == "discover")


def text_of(model: object, name: str) -> str | None:
    """A text of a model; None where there is none. A field that differs from the document is as it came."""
    value = getattr(model, name, None)
    return value if isinstance(value, str) and value else None


def _parts_of(url: object) -> SplitResult | None:
    """The parts of an absolute address; None for anything else."""
    if not isinstance(url, str) or "://" not in url:
        return None
    try:
        return urlsplit(url.strip())
    except ValueError:
        return None


def _secret_of(url: object) -> str | None:
    """The secret in an address of a model."""
    parts = _parts_of(url)
    if parts is None:
        return None
    return _secret_in(parts.query) or _secret_among([segment for segment in parts.path.split("/") if segment])


def _secret_in(query: str) -> str | None:
    found = parse_qs(query).get("secret_token", [""])[0]
    return found if _SECRET.fullmatch(found) else None


def _secret_among(segments: list[str]) -> str | None:
    """The secret of a share link is one part more than its permalink has."""
    last = 3 if len(segments) > 1 and segments[1] == "sets" else 2
    return segments[last] if len(segments) == last + 1 and _SECRET.fullmatch(segments[last]) else None


def is_private_link(url: object) -> bool:
    """Whether an address opens something private."""
    return _secret_of(url) is not None


def player_options(options: dict[str, Any]) -> dict[str, str]:
    """Write settings of the player, those only that were given.

    Raises:
        InvalidInputError: There is no such setting, or a value is wrong.
    """
    written: dict[str, str] = {}
    known = sorted([*_FLAGS, "color", "start_track"])
    unknown = next((name for name in options if name not in known), None)
    if unknown is not None:
        raise InvalidInputError(f"the player has no setting {unknown}; it has {', '.join(known)}")
    if "color" in options:
        found = _COLOR.fullmatch(options["color"]) if isinstance(options["color"], str) else None
        if found is None:
            raise InvalidInputError(
                f"color={repr_value(options['color'])}: give six hexadecimal digits, such as #ff5500"
            )
        written["color"] = f"#{found[1].lower()}"
    for name in _FLAGS:
        if name in options:
            if not isinstance(options[name], bool):
                raise InvalidInputError(f"{name}={repr_value(options[name])}: give True or False")
            written[name] = "true" if options[name] else "false"
    if "start_track" in options:
        if options["start_track"].__class__ is not int or not 0 <= options["start_track"] < 10_000:
            raise InvalidInputError(f"start_track={repr_value(options['start_track'])}: tracks are counted from 0")
        written["start_track"] = str(options["start_track"])
    return written


def player_address(player: str, address: str, options: dict[str, str]) -> str:
    """The URL of a player that plays what an address names."""
    query = urlencode({"url": address, **options}, quote_via=quote, safe="")
    return f"{check_origin_url('player', player)}/?{query}"


def player_height(*, is_list: bool, visual: bool) -> int:
    """How high SoundCloud makes its players, in pixels."""
    return 450 if is_list else 300 if visual else 166


def size_of(name: str, value: Any, *, percent: bool) -> str:
    """Check a width or height: pixels, or a text such as `100%`."""
    if value.__class__ is int and 0 < value < 100_000:
        return str(value)
    if percent and isinstance(value, str) and _PERCENT.fullmatch(value):
        return value
    raise InvalidInputError(
        f"{name}={repr_value(value)}: give a number of pixels" + (", or a text such as '100%'" if percent else "")
    )
