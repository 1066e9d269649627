"""JSON objects with the fields that SoundCloud always sends."""

from typing import Any

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
