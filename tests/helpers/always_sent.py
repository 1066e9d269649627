"""JSON objects with the fields that SoundCloud always sends."""

import json
from typing import Any

from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.http.messages import Response
from soundcloud.models import Track, Tracks

USER: dict[str, Any] = {
    "avatar_url": "https://i1.sndcdn.com/avatars-1-large.jpg",
    "kind": "user",
    "permalink": "ada",
    "permalink_url": "https://soundcloud.com/ada",
    "uri": "https://api.soundcloud.com/users/soundcloud:users:2",
    "urn": "soundcloud:users:2",
    "username": "ada",
}
TRACK: dict[str, Any] = {
    "commentable": True,
    "created_at": "2019/01/15 15:40:49 +0000",
    "downloadable": False,
    "duration": 180_000,
    "kind": "track",
    "license": "all-rights-reserved",
    "permalink_url": "https://soundcloud.com/ada/night",
    "sharing": "public",
    "streamable": True,
    "tag_list": "",
    "title": "Night",
    "urn": "soundcloud:tracks:1",
    "user": USER,
    "waveform_url": "https://wave.sndcdn.com/1_m.png",
}
PLAYLIST: dict[str, Any] = {
    "created_at": "2019/01/15 15:40:49 +0000",
    "duration": 360_000,
    "embeddable_by": "all",
    "kind": "playlist",
    "last_modified": "2019/01/15 15:40:49 +0000",
    "license": "all-rights-reserved",
    "permalink": "nights",
    "permalink_url": "https://soundcloud.com/ada/sets/nights",
    "sharing": "public",
    "tag_list": "",
    "title": "Nights",
    "track_count": 2,
    "uri": "https://api.soundcloud.com/playlists/soundcloud:playlists:1",
    "urn": "soundcloud:playlists:1",
    "user": USER,
}
SECRET = "s-Hush"
PRIVATE: dict[str, Any] = TRACK | {
    "urn": "soundcloud:tracks:2",
    "sharing": "private",
    "permalink_url": f"https://soundcloud.com/ada/night/{SECRET}",
    "uri": f"https://api.soundcloud.com/tracks/soundcloud:tracks:2?secret_token={SECRET}",
    "secret_uri": f"https://api.soundcloud.com/tracks/soundcloud:tracks:2?secret_token={SECRET}",
    "stream_url": f"https://api.soundcloud.com/tracks/soundcloud:tracks:2/stream?secret_token={SECRET}&x=1#t",
    "download_url": f"https://api.soundcloud.com/tracks/soundcloud:tracks:2/download?y=1&secret_token={SECRET}",
}
"""A private track, with the secret of its share link in five fields."""


def page_of(*items: dict[str, Any], keep_raw: bool = True) -> list[Track]:
    """Decode a page of tracks."""
    content = json.dumps({"collection": items, "next_href": None}).encode()
    drifts = Drifts()
    page: Tracks = decode(Response(200, {}, content), {200: Tracks}, drifts, keep_raw=keep_raw)
    assert drifts == []
    return page.collection
