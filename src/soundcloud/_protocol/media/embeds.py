"""URLs and options of SoundCloud's player.

The player rejects URNs. It accepts permalinks, and API URLs with numeric ids.
"""

import re
from typing import Any, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qs, quote, urlencode, urlsplit

import attrs

from soundcloud._protocol.http.urls import WEB, check_origin_url, with_scheme
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource, Urn
from soundcloud_api.types import Model

EmbeddedKind: TypeAlias = Literal["tracks", "users", "playlists"]
"""A kind of resource that can be embedded."""

PLAYER_HOST = "w.soundcloud.com"
PLAYER = f"https://{PLAYER_HOST}/player"
API = "https://api.soundcloud.com"

_WEB_HOSTS = frozenset({"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com"})
_KINDS = ("tracks", "users", "playlists")
# Pages of a user that are not a track.
_SECTIONS = frozenset({"albums", "likes", "popular-tracks", "reposts", "sets", "spotlight", "tracks"})
_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)
_SECRET = re.compile(r"s-[\w-]{1,200}", re.ASCII)
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})", re.ASCII)
_PERCENT = re.compile(r"[1-9][0-9]{0,2}%", re.ASCII)
# In the order of the query.
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
    "liking",
    "sharing",
    "download",
    "single_active",
    "visual",
)


@attrs.frozen
class EmbedTarget:
    """A track, user or playlist to embed.

    Attributes:
        url: The URL for the player; it may contain the secret of a share link.
        oembed_url: The URL for oEmbed: the permalink if it is known, else `url`.
        is_list: Whether the player shows several tracks.
    """

    url: str = attrs.field(repr=False)
    oembed_url: str = attrs.field(repr=False)
    is_list: bool
    title: str | None = None


def find_embed_target(resource: Resource, kind: str | None, secret_token: str | None) -> EmbedTarget:
    """Find the URL for the player; the kind of an id is required, that of any other resource is checked.

    Raises:
        InvalidInputError: The resource is not a track, user or playlist, or the player cannot open it.
    """
    if kind is not None and kind not in _KINDS:
        raise InvalidInputError(f"kind={repr_value(kind)}: use one of {', '.join(_KINDS)}")
    if secret_token is not None and (not isinstance(secret_token, str) or not _SECRET.fullmatch(secret_token)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError("secret_token is not the secret of a share link: pass one such as s-AbCdEf")
    if isinstance(resource, Model):
        return _of_model(resource, kind, secret_token)
    if isinstance(resource, str):
        resource = with_scheme(resource.strip())
    parts = _parts_of(resource)
    if parts is not None and parts.hostname == PLAYER_HOST:
        resource = parse_qs(parts.query).get("url", [""])[0]
        parts = _parts_of(resource)
    if parts is not None:
        if parts.hostname in _WEB_HOSTS:
            return _of_permalink(parts, secret_token)
        if parts.hostname == "on.soundcloud.com":
            raise InvalidInputError(
                "the player does not follow short URLs: pass the result of client.resolve.resolve(url)"
            )
        secret_token = secret_token or _secret_in(parts.query)
    return _of_urn(Urn.parse(resource, kind), secret_token)


def _of_model(model: Model, kind: str | None, secret_token: str | None) -> EmbedTarget:
    """Return the target of a model: its API URL if the URN ends in a numeric id, else its permalink."""
    urn = Urn.parse(model, kind)
    sharing = string_field(model, "sharing")
    if secret_token is None and sharing != "public":
        fields = ("secret_uri", "uri", "permalink_url")
        secret_token = next(filter(None, (_secret_of(string_field(model, name)) for name in fields)), None)
    if secret_token is None and sharing == "private":
        raise InvalidInputError(
            f"this {type(model).__name__} is private and does not contain the secret of its share link: pass secret_token="
        )
    artist = string_field(model, "username") or string_field(getattr(model, "user", None), "username")
    title = " by ".join(filter(None, (string_field(model, "title"), artist))) or None
    by_permalink, parts = None, _parts_of(string_field(model, "permalink_url"))
    if parts is not None and parts.hostname in _WEB_HOSTS:
        by_permalink = _of_permalink(parts, secret_token)
    if by_permalink is not None and _number_of(urn) is None:
        return attrs.evolve(by_permalink, is_list=urn.kind != "tracks", title=title)
    found = _of_urn(urn, secret_token)
    return attrs.evolve(found, oembed_url=by_permalink.url if by_permalink is not None else found.url, title=title)


def _of_urn(urn: Urn, secret_token: str | None) -> EmbedTarget:
    number = _number_of(urn)
    if urn.kind not in {*_KINDS, "system-playlists"}:
        raise InvalidInputError(f"{str(urn)!r}: only tracks, users and playlists can be embedded")
    if number is None:
        raise InvalidInputError(
            f"{str(urn)!r} does not end in a numeric id, which the player needs: pass the permalink, "
            "such as https://soundcloud.com/forss/flickermood"
        )
    url = f"{API}/{urn.kind}/{number}" + (f"?secret_token={secret_token}" if secret_token else "")
    return EmbedTarget(url, url, urn.kind != "tracks")


def _number_of(urn: Urn) -> str | None:
    return urn.id if urn.kind in _KINDS and _NUMBER.fullmatch(urn.id) else None


def _of_permalink(parts: SplitResult, secret_token: str | None) -> EmbedTarget:
    """Return the target of a permalink, without tracking parameters."""
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments:
        raise InvalidInputError("this is SoundCloud's front page: pass the URL of a track, a playlist or a user")
    secret_token = secret_token or _secret_in(parts.query)
    if secret_token is not None and not _secret_among(segments):
        segments.append(secret_token)
    try:
        url = f"{WEB}/{quote('/'.join(segments), safe='/%:@!$&()*+,;=~')}"
    except UnicodeEncodeError:
        raise InvalidInputError("this URL contains an unpaired surrogate: pass a valid string") from None
    return EmbedTarget(url, url, len(segments) == 1 or segments[1] in _SECTIONS or segments[0] == "discover")


def string_field(model: object, name: str) -> str | None:
    """Return a string field of a model; None if it is missing, empty or of another type."""
    value = getattr(model, name, None)
    return value if isinstance(value, str) and value else None


def _parts_of(url: object) -> SplitResult | None:
    """Split an absolute URL; return None for anything else."""
    if not isinstance(url, str) or "://" not in url:
        return None
    try:
        return urlsplit(url.strip())
    except ValueError:
        return None


def _secret_of(url: object) -> str | None:
    """Return the secret in the URL of a share link, if any."""
    parts = _parts_of(url)
    if parts is None:
        return None
    return _secret_in(parts.query) or _secret_among([segment for segment in parts.path.split("/") if segment])


def _secret_in(query: str) -> str | None:
    found = parse_qs(query).get("secret_token", [""])[0]
    return found if _SECRET.fullmatch(found) else None


def _secret_among(segments: list[str]) -> str | None:
    """Return the secret of a share link: its path has one segment more than the permalink."""
    last = 3 if len(segments) > 1 and segments[1] == "sets" else 2
    return segments[last] if len(segments) == last + 1 and _SECRET.fullmatch(segments[last]) else None


def is_private_link(url: object) -> bool:
    """Return whether a URL is a private share link."""
    return _secret_of(url) is not None


def player_options(options: dict[str, Any]) -> dict[str, str]:
    """Check the given options of the player and return the parameters of its URL."""
    parameters: dict[str, str] = {}
    known = sorted([*_FLAGS, "color", "start_track"])
    unknown = next((name for name in options if name not in known), None)
    if unknown is not None:
        raise InvalidInputError(f"the player has no option {unknown!r}: use one of {', '.join(known)}")
    if "color" in options:
        found = _COLOR.fullmatch(options["color"]) if isinstance(options["color"], str) else None
        if found is None:
            raise InvalidInputError(
                f"color={repr_value(options['color'])}: pass six hexadecimal digits, such as #ff5500"
            )
        parameters["color"] = f"#{found[1].lower()}"
    for name in _FLAGS:
        if name in options:
            if not isinstance(options[name], bool):
                raise InvalidInputError(f"{name}={repr_value(options[name])}: pass True or False")
            parameters[name] = "true" if options[name] else "false"
    if "start_track" in options:
        if options["start_track"].__class__ is not int or not 0 <= options["start_track"] < 10_000:
            raise InvalidInputError(f"start_track={repr_value(options['start_track'])}: pass a number from 0 to 9999")
        parameters["start_track"] = str(options["start_track"])
    return parameters


def build_player_url(player: str, url: str, options: dict[str, str]) -> str:
    """Return the URL of a player that opens a URL."""
    query = urlencode({"url": url, **options}, quote_via=quote, safe="")
    return f"{check_origin_url('player', player, gets_tokens=False)}/?{query}"


def player_height(*, is_list: bool, visual: bool) -> int:
    """Return the height of SoundCloud's own players in pixels."""
    return 450 if is_list else 300 if visual else 166


def check_size(name: str, value: Any, *, percent: bool) -> str:
    """Check a width or height: pixels, or a percentage such as `100%`."""
    if value.__class__ is int and 0 < value < 100_000:
        return str(value)
    if percent and isinstance(value, str) and _PERCENT.fullmatch(value):
        return value
    raise InvalidInputError(
        f"{name}={repr_value(value)}: pass a number of pixels" + (", or a percentage such as '100%'" if percent else "")
    )
