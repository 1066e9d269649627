"""oEmbed: from a link to the piece of HTML that embeds it. SoundCloud's is at https://soundcloud.com/oembed."""

import json
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from soundcloud.sandbox.data.permalinks import ResolvedResource, resolve_embed
from soundcloud.sandbox.data.serializers import WEB, Serializer
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Response, error_response
from soundcloud.sandbox.media.streams import OPEN
from soundcloud.sandbox.state import State

_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})", re.ASCII)
_SIZE = re.compile(r"([0-9]{1,4})(px)?", re.ASCII)
_TRACK_HEIGHT, _LIST_HEIGHT = 166, 450
# What the player understands besides, handed on as it came.
_FLAGS = ("show_comments", "show_artwork", "show_user", "show_playcount", "hide_related", "single_active", "visual")


def answer(state: State, query: Mapping[str, str]) -> Response:
    """Answer a request for the HTML of a link.

    Args:
        state: The sandbox.
        query: `url`, and if wanted `format` (`json` or `js`), `callback`, `maxwidth`, `maxheight`, `color`, `auto_play` and
            flags of the player.

    Returns:
        JSON, or a call of the callback with it; 404 where nothing public has the address.
    """
    wanted, callback = query.get("format", "json"), query.get("callback", "")
    if not query.get("url"):
        raise HTTPError(400, "Parameter url is missing.")
    if wanted not in {"json", "js"}:
        return error_response(501, "format is json or js.")
    if wanted == "js" and not _CALLBACK.fullmatch(callback):
        raise HTTPError(400, "Parameter callback is not a function's name.")
    named = resolve_embed(state, query["url"].strip())
    if named is None:
        raise HTTPError(404)
    content = _embedding(state, named, query)
    if wanted == "js":
        # Two separators that JSON allows in texts end a line in old JavaScript.
        script = json.dumps(content, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        return Response(f"{callback}({script});", headers=OPEN, media_type="application/javascript; charset=utf-8")
    return Response(content, headers=OPEN, media_type="application/json; charset=utf-8")


def _embedding(state: State, named: ResolvedResource, query: Mapping[str, str]) -> JsonObject:
    views, row = Serializer(state, None), named.row
    user = views.embedded_user(row["id"] if named.kind == "users" else row["user_id"])
    if named.kind == "users":
        title, picture = f"Tracks by {user['username']}", user["avatar_url"]
    else:
        title, picture = f"{row['title']} by {user['username']}", views.picture(row["artwork_url"])
    width = _SIZE.fullmatch(query.get("maxwidth", ""))
    height = _SIZE.fullmatch(query.get("maxheight", ""))
    wide = width[1] if width else "100%"
    high = int(height[1]) if height else _TRACK_HEIGHT if named.kind == "tracks" else _LIST_HEIGHT
    source = f"{state.media_url}/player/?{urlencode(_player_query(state, named, query))}"
    html = (
        f'<iframe width="{wide}" height="{high}" scrolling="no" frameborder="no" allow="autoplay"'
        f' title="{escape(title)}" src="{escape(source)}"></iframe>'
    )
    return {
        # A number, and a text: the wrong way round, as SoundCloud has them.
        "version": 1.0,
        "type": "rich",
        "provider_name": "SoundCloud",
        "provider_url": WEB,
        "height": high,
        "width": wide,
        "title": title,
        "description": row["description"] or "",
        "thumbnail_url": (picture or user["avatar_url"]).replace("-large.", "-t500x500."),
        "html": html,
        "author_name": user["username"],
        "author_url": user["permalink_url"],
    }


def _player_query(state: State, named: ResolvedResource, query: Mapping[str, str]) -> dict[str, str]:
    # With the plain number: the player does not understand URNs.
    address = f"{state.api_url}/{named.kind}/{named.row['id']}"
    if named.secret_token:
        address += f"?secret_token={named.secret_token}"
    chosen = {"url": address}
    colour = _COLOUR.fullmatch(query.get("color", ""))
    if colour:
        chosen["color"] = f"#{colour[1]}"
    for name in ("auto_play", *_FLAGS):
        if name in query:
            chosen[name] = "true" if query[name] in {"true", "1"} else "false"
    return chosen
