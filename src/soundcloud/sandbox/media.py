"""The origin that serves sound: signed links that expire, and no tokens.

What it serves is silence of the right length and format: there is no sound behind the invented catalogue, and uploads
are measured, not kept.
"""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from time import time

from soundcloud.sandbox.exchange import Answer
from soundcloud.sandbox.sound import silent_aac, silent_mp3
from soundcloud.sandbox.state import State

_LIFETIME = 300
_SEGMENT_SECONDS = 10
_PREVIEW_SECONDS = 30
_FILE = re.compile(r"(/sound/([0-9]+)/([0-9]+)/([a-z0-9_]+))/([a-z0-9]+)\.(m3u8|mp3|aac)", re.ASCII)


def media_link(state: State, number: int, duration: int, kind: str, name: str) -> str:
    """Write a signed link to sound.

    Args:
        state: The sandbox.
        number: The track's id.
        duration: How long it plays, in milliseconds.
        kind: What it is: `aac_160`, `mp3_128`, `preview`...
        name: The file's name.

    Returns:
        A link that works for five minutes.
    """
    folder, expires = f"/sound/{number}/{duration}/{kind}", int(time()) + _LIFETIME
    return f"{state.media_url}{folder}/{name}?expires={expires}&signature={_signature(state, folder, expires)}"


def serve(state: State, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """Answer a request for sound.

    Args:
        state: The sandbox.
        path: The path.
        query: The query values.
        headers: The headers.

    Returns:
        A list of segments, a segment or a snippet; 400 where a token was sent along, 403 where the link is no good.
    """
    if "authorization" in headers:
        return _text(400, "Only one way to authenticate is allowed: this link is signed, leave the token out.")
    found = _FILE.fullmatch(path)
    if found is None:
        return _text(404, "Not found")
    folder, duration, kind, name, ending = found[1], int(found[3]), found[4], found[5], found[6]
    expires, signature = query.get("expires", ""), query.get("signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII) or int(expires) < time():
        return _text(403, "The link has expired.")
    if not hmac.compare_digest(signature.encode(), _signature(state, folder, int(expires)).encode()):
        return _text(403, "The link's signature does not match.")
    seconds = duration / 1000
    if ending == "m3u8":
        tail = f"?expires={expires}&signature={signature}"
        return Answer(_playlist(seconds, kind, tail), headers=_OPEN, media_type="application/vnd.apple.mpegurl")
    if kind == "preview":
        length = min(seconds, _PREVIEW_SECONDS)
    elif kind == "download":
        length = seconds
    else:
        length = min(_SEGMENT_SECONDS, seconds - _SEGMENT_SECONDS * (int(name) if name.isdecimal() else 0))
    if length <= 0:
        return _text(404, "Not found")
    if ending == "aac":
        return Answer(silent_aac(length), headers=_OPEN, media_type="audio/aac")
    return Answer(silent_mp3(length), headers=_OPEN, media_type="audio/mpeg")


_OPEN = {"Access-Control-Allow-Origin": "*"}


def _signature(state: State, folder: str, expires: int) -> str:
    return hmac.new(state.signing_key, f"{folder}:{expires}".encode(), sha256).hexdigest()


def _text(status: int, text: str) -> Answer:
    return Answer(text, status, _OPEN, "text/plain; charset=utf-8")


def _playlist(seconds: float, kind: str, tail: str) -> str:
    ending = "aac" if kind.startswith("aac") else "mp3"
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{_SEGMENT_SECONDS}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    index = 0
    while index * _SEGMENT_SECONDS < seconds:
        length = min(_SEGMENT_SECONDS, seconds - index * _SEGMENT_SECONDS)
        lines += [f"#EXTINF:{length:.3f},", f"{index}.{ending}{tail}"]
        index += 1
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
