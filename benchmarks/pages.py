"""Generated pages in SoundCloud's format, with a different date in each item."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

LINK = "https://api.soundcloud.com/tracks?cursor=1&page_size=200"


def page(tracks: int = 200, *, number: int = 0, next_href: str | None = LINK, drifted: bool = False) -> bytes:
    """Make a page of tracks with their users.

    Args:
        tracks: How many.
        number: Which page of a list it is, from 0; each has tracks of its own.
        next_href: The link to the next page.
        drifted: Whether every track has a field of another type than the document says.

    Returns:
        The response body.
    """
    source = random.Random(7 + number)
    collection = [_track(number * tracks + place, source) for place in range(tracks)]
    if drifted:
        for track in collection:
            track["duration"] = str(track["duration"])
    return json.dumps({"collection": collection, "next_href": next_href}).encode()


def _moment(source: random.Random) -> str:
    moment = datetime(2009, 1, 1, tzinfo=UTC) + timedelta(seconds=source.randrange(500_000_000))
    return moment.strftime("%Y/%m/%d %H:%M:%S +0000")


def _user(number: int, source: random.Random) -> dict[str, Any]:
    url = f"https://soundcloud.com/user-{number}"
    return {
        "avatar_url": f"https://i1.sndcdn.com/avatars-{number:012d}-large.jpg",
        "city": "Berlin",
        "comments_count": 0,
        "country": "Germany",
        "created_at": _moment(source),
        "description": None,
        "discogs_name": None,
        "first_name": "Ada",
        "followers_count": source.randrange(100_000),
        "followings_count": 12,
        "full_name": "Ada Night",
        "id": number,
        "kind": "user",
        "last_modified": _moment(source),
        "last_name": "Night",
        "likes_count": 3,
        "myspace_name": None,
        "online": False,
        "permalink": f"user-{number}",
        "permalink_url": url,
        "plan": "Free",
        "playlist_count": 3,
        "public_favorites_count": 20,
        "reposts_count": 0,
        "subscriptions": [{"product": {"id": "free", "name": "Free"}}],
        "track_count": 5,
        "uri": f"https://api.soundcloud.com/users/soundcloud:users:{number}",
        "urn": f"soundcloud:users:{number}",
        "username": f"Some User {number}",
        "website": None,
        "website_title": None,
    }


def _track(number: int, source: random.Random) -> dict[str, Any]:
    uri = f"https://api.soundcloud.com/tracks/soundcloud:tracks:{number}"
    return {
        "access": "playable",
        "artwork_url": f"https://i1.sndcdn.com/artworks-{number:012d}-large.jpg",
        "available_country_codes": None,
        "bpm": 124.5 if number % 3 else None,
        "comment_count": 4,
        "commentable": True,
        "created_at": _moment(source),
        "description": "Recorded at night, in one take, with the window open. " * 7,
        "download_count": 0,
        "download_url": None,
        "downloadable": False,
        "duration": source.randrange(30_000, 600_000),
        "embeddable_by": "all",
        "favoritings_count": 271,
        "genre": "Rock",
        "id": number,
        "isrc": None,
        "key_signature": None,
        "kind": "track",
        "label_name": "some label",
        "license": "all-rights-reserved",
        "metadata_artist": None,
        "monetization_model": None,
        "permalink_url": f"https://soundcloud.com/user/track-{number}",
        "playback_count": 8027,
        "policy": None,
        "purchase_title": None,
        "purchase_url": None,
        "release": None,
        "release_day": 22,
        "release_month": 8,
        "release_year": 2019,
        "reposts_count": 18,
        "reveal_comments": True,
        "reveal_stats": True,
        "secret_uri": None,
        "sharing": "public",
        "stream_url": f"{uri}/stream",
        "streamable": True,
        "tag_list": 'lofi "deep house" chill',
        "title": f"Some title número {number}",
        "uri": uri,
        "urn": f"soundcloud:tracks:{number}",
        "user": _user(number % 97, source),
        "user_favorite": False,
        "user_playback_count": 1,
        "waveform_url": f"https://wave.sndcdn.com/{number}_m.png",
    }
