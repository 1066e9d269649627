"""The oEmbed endpoint, which returns the HTML that embeds a URL; SoundCloud's is https://soundcloud.com/oembed."""

import json
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from soundcloud.sandbox.data.permalinks import ResolvedResource, resolve_embed
from soundcloud.sandbox.data.serializers import Serializer
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Response
from soundcloud.sandbox.media.streams import CORS_HEADERS
from soundcloud.sandbox.state import WEB, State

_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})", re.ASCII)
_SIZE = re.compile(r"([0-9]{1,4})(px)?", re.ASCII)
_TRACK_HEIGHT, _LIST_HEIGHT = 166, 450
# Player options that are passed on.
_OPTIONS = (
    "auto_play",
    "show_comments",
    "show_artwork",
    "show_user",
    "show_playcount",
    "hide_related",
    "single_active",
    "visual",
)


def embed(state: State, query: Mapping[str, str]) -> Response:
    """Return the oEmbed data of a URL as JSON, or as JavaScript that passes it to a callback."""
    format_, callback = query.get("format", "json"), query.get("callback", "")
    if not query.get("url"):
        raise HTTPError(400, "Parameter url is missing.")
    if format_ not in {"json", "js"}:
        raise HTTPError(501, "format is json or js.")
    if format_ == "js" and not _CALLBACK.fullmatch(callback):
        raise HTTPError(400, "Parameter callback is not a function's name.")
    resource = resolve_embed(state, query["url"].strip())
    if resource is None:
        raise HTTPError(404)
    content = _make_oembed(state, resource, query)
    if format_ == "js":
        # JSON strings may contain U+2028 and U+2029, which end a line in JavaScript before ES2019.
        script = json.dumps(content, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        return Response(
            f"{callback}({script});", headers=CORS_HEADERS, media_type="application/javascript; charset=utf-8"
        )
    return Response(content, headers=CORS_HEADERS, media_type="application/json; charset=utf-8")


def _make_oembed(state: State, resource: ResolvedResource, query: Mapping[str, str]) -> JsonObject:
    serializer, row = Serializer(state, None), resource.row
    user = serializer.embedded_user(row["id"] if resource.kind == "users" else row["user_id"])
    if resource.kind == "users":
        title, picture = f"Tracks by {user['username']}", user["avatar_url"]
    else:
        title, picture = f"{row['title']} by {user['username']}", serializer.picture(row["artwork_url"])
    max_width = _SIZE.fullmatch(query.get("maxwidth", ""))
    max_height = _SIZE.fullmatch(query.get("maxheight", ""))
    width = max_width[1] if max_width else "100%"
    height = int(max_height[1]) if max_height else _TRACK_HEIGHT if resource.kind == "tracks" else _LIST_HEIGHT
    source = f"{state.media_url}/player/?{urlencode(_player_query(state, resource, query))}"
    html = (
        f'<iframe width="{width}" height="{height}" scrolling="no" frameborder="no" allow="autoplay"'
        f' title="{escape(title)}" src="{escape(source)}"></iframe>'
    )
    return {
        # The oEmbed specification has a string here and a number as the width; SoundCloud sends them like this.
        "version": 1.0,
        "type": "rich",
        "provider_name": "SoundCloud",
        "provider_url": WEB,
        "height": height,
        "width": width,
        "title": title,
        "description": row["description"] or "",
        "thumbnail_url": (picture or user["avatar_url"]).replace("-large.", "-t500x500."),
        "html": html,
        "author_name": user["username"],
        "author_url": user["permalink_url"],
    }


def _player_query(state: State, resource: ResolvedResource, query: Mapping[str, str]) -> dict[str, str]:
    # A numeric id, because the player does not accept URNs.
    url = f"{state.api_url}/{resource.kind}/{resource.row['id']}"
    if resource.secret_token:
        url += f"?secret_token={resource.secret_token}"
    chosen = {"url": url}
    colour = _COLOUR.fullmatch(query.get("color", ""))
    if colour:
        chosen["color"] = f"#{colour[1]}"
    for name in _OPTIONS:
        if name in query:
            chosen[name] = "true" if query[name] in {"true", "1"} else "false"
    return chosen
