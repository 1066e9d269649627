"""Generates the default dataset: fictional users, tracks and playlists, the same for the same seed."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, NamedTuple, TypeAlias

from soundcloud.sandbox.data import word_lists
from soundcloud.sandbox.data.text import build_search_text, build_tag_index, slugify, unique_name

DEFAULT_USER = "ada-night"

DEFAULT_TRACKS = 600
_ATTEMPTS = 100  # for a title that is not taken, before titles get numbers
_NEWEST = int(datetime(2026, 11, 1, 9, 30, tzinfo=UTC).timestamp())
_OLDEST = int(datetime(2015, 3, 2, 8, 0, tzinfo=UTC).timestamp())
_LETTERS = ascii_uppercase + ascii_lowercase + digits
_KEYS = ("Am", "C", "Dm", "Em", "F", "G", "Bbm", "Ebm", "A", "D")

Fields: TypeAlias = dict[str, Any]


class _User(NamedTuple):
    id: int
    username: str


class _Track(NamedTuple):
    id: int
    user_id: int
    created_at: int
    duration: int
    public: bool


@cache
def _split(choices: str) -> list[str]:
    return choices.split("|")


class Generator:
    """Inserts the default dataset, or a larger one of the same kind, into empty tables.

    A larger one has, for each 100 tracks, about 5 users, 10 playlists, 1,000 likes of tracks and 150 comments. Rows go to SQLite as
    they are made, so that only what later rows need stays in memory.
    """

    def __init__(self, connection: sqlite3.Connection, seed: int, tracks: int = DEFAULT_TRACKS) -> None:
        self._connection = connection
        self._random = Random(seed)  # noqa: S311 - seeded for repeatable datasets, not for secrets
        self._size = tracks
        self._titles: Counter[str] = Counter()
        self._titles_are_used_up = False
        self._activities: list[tuple[int, int, str, int | None, int | None]] = []

    def generate(self) -> None:
        """Insert all rows."""
        users = self._add_users()
        tracks = self._add_tracks(users)
        playlists = self._add_playlists(users, tracks)
        public = [track for track in tracks if track.public]
        # `_sample` prefers the first tracks, which get more likes, reposts and comments.
        favourites = self._random.sample(public, len(public))
        self._add_followings(users)
        self._add_likes(users, favourites, playlists)
        self._add_reposts(users, favourites, playlists)
        self._add_comments(users, favourites)
        self._add_plays(users, favourites)
        self._add_web_profiles(users)
        self._activities.sort(key=lambda activity: activity[0])
        statement = "INSERT INTO activities (created_at, user_id, type, track_id, playlist_id) VALUES (?, ?, ?, ?, ?)"
        self._connection.executemany(statement, self._activities)

    def _scale(self, count: int) -> int:
        """Return a number of the default dataset in proportion to the number of tracks."""
        return count * self._size // DEFAULT_TRACKS

    def _insert(self, table: str, rows: Iterable[Fields]) -> None:
        """Insert rows with the same columns, one after the other."""
        remaining = iter(rows)
        first = next(remaining)
        # Names of tables and columns are from this package, not from requests.
        statement = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join('?' * len(first))})"  # noqa: S608
        self._connection.executemany(statement, (tuple(row.values()) for row in chain([first], remaining)))

    def _choose(self, choices: str) -> str:
        return self._random.choice(_split(choices))

    def _choose_letters(self, count: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=count))

    def _add_users(self) -> list[_User]:
        users: list[_User] = []

        def make_rows() -> Iterator[Fields]:
            for row in self._make_users():
                users.append(_User(row["id"], row["username"]))
                yield row

        self._insert("users", make_rows())
        return users

    def _make_users(self) -> Iterator[Fields]:
        random = self._random
        named = word_lists.USERS.strip().split("\n")
        number = 40_000_000
        for index in range(max(len(named), self._size // 20)):
            if index < len(named):
                permalink, username, first, last, city, country = named[index].split("|")
                number += random.randrange(500_000, 24_000_000)
            else:
                username = f"{self._choose(word_lists.ADJECTIVES)} {self._choose(word_lists.NOUNS)} {index}"
                permalink, first, last = slugify(username), "", ""
                city, country = random.choice(named).split("|")[4:]
                number += random.randrange(500, 100_000)
            has_website = random.random() < 0.4
            plan = (
                "Pro Unlimited"
                if permalink == DEFAULT_USER
                else random.choice(("Free", "Free", "Free", "Pro Unlimited"))
            )
            yield {
                "id": number,
                "permalink": permalink,
                "username": username,
                "first_name": first or random.choice((None, "")),
                "last_name": last or random.choice((None, "")),
                "city": city,
                "country": country,
                "description": random.choice((None, None, "", f"Music from {city}.", f"{username}. Tapes and such.")),
                "website": f"https://{permalink}.example" if has_website else None,
                "website_title": "site" if has_website and random.random() < 0.5 else None,
                "avatar_url": f"https://i1.sndcdn.com/avatars-{self._choose_letters(12)}-{self._choose_letters(6).lower()}-large.jpg",
                "plan": plan,
                "created_at": random.randrange(_OLDEST - 100_000_000, _OLDEST),
                "last_modified": random.randrange(_OLDEST, _NEWEST),
                "search_text": build_search_text(username, permalink, city),
            }

    def _unique_title(self, make: Callable[[], str]) -> str:
        """Return a title that no other track or album has: with a number when the words give hardly any new ones."""
        title = make()
        for _ in range(0 if self._titles_are_used_up else _ATTEMPTS):
            if title not in self._titles:
                break
            title = make()
        self._titles_are_used_up |= title in self._titles
        self._titles[title] += 1
        count = self._titles[title]
        return title if count == 1 else f"{title} no. {count}"

    def _make_album_title(self) -> str:
        return f"{self._choose(word_lists.ADJECTIVES)} {self._choose(word_lists.NOUNS)} EP"

    def _make_title(self, *, lofi: bool) -> str:
        adjective, noun = self._choose(word_lists.ADJECTIVES), self._choose(word_lists.NOUNS)
        part = self._random.randint(1, 40)
        if not lofi or self._random.random() < 0.4:
            moment, count = self._choose(word_lists.MOMENTS), self._random.randint(1, 4)
            return self._random.choice((f"{adjective} {noun}", f"{noun} {moment}", f"{adjective} {noun}, part {count}"))
        purpose = self._choose(word_lists.PURPOSES)
        return self._random.choice(
            (f"{adjective} {noun} (lofi)", f"{noun}: lofi for {purpose}", f"{noun.lower()} lofi sketch {part}")
        )

    def _add_tracks(self, users: list[_User]) -> list[_Track]:
        random = self._random
        moments = sorted(random.sample(range(_OLDEST, _NEWEST), self._size))
        lofi = set(random.sample(range(self._size), self._scale(320)))
        # Some ids are above 2^31, as SoundCloud's are, to catch clients that store them in 32 bits.
        numbers = sorted(random.sample(range(230_000_000, 2_290_000_000), self._size))
        taken: dict[int, set[str]] = {user.id: set() for user in users}
        tracks: list[_Track] = []

        def make_rows() -> Iterator[Fields]:
            for index, (number, created_at) in enumerate(zip(numbers, moments, strict=True)):
                # The default user has tracks of each kind with every seed.
                user = users[0] if index % 40 == 7 else random.choice(users)
                row = self._make_track(number, created_at, user, lofi=index in lofi)
                row["permalink"] = unique_name(row["permalink"], taken[user.id])
                taken[user.id].add(row["permalink"])
                if index % 29 == 4:
                    row["access"] = "preview"
                elif index % 61 == 9:
                    row |= {"access": "blocked", "streamable": False}
                elif index % 53 == 20 or index in {87, 327}:
                    row["sharing"] = "private"
                tracks.append(_Track(number, user.id, created_at, row["duration"], row["sharing"] == "public"))
                self._activities.append((created_at, user.id, "track", number, None))
                yield row

        self._insert("tracks", make_rows())
        return tracks

    def _make_track(self, number: int, created_at: int, user: _User, *, lofi: bool) -> Fields:
        random = self._random
        title = self._unique_title(lambda: self._make_title(lofi=lofi))
        genre = random.choice(list(word_lists.GENRES))
        tags, slowest, fastest = word_lists.GENRES[genre]
        if lofi:
            genre, slowest, fastest = random.choice(("Lo-fi", "lofi", "Hip-hop & Rap", "Electronic", "")), 68, 92
            chosen = ["lofi", *random.sample(word_lists.LOFI_TAGS.split("|"), 3)]
        else:
            chosen = random.sample(tags.split("|"), 2)
        if random.random() < 0.04:
            chosen.append("camel:size=medium")
        tag_list = " ".join(f'"{tag}"' if " " in tag else tag for tag in chosen)
        released = (
            datetime.fromtimestamp(created_at, UTC).date() - timedelta(days=random.randint(0, 20))
            if random.random() < 0.4
            else None
        )
        return {
            "id": number,
            "user_id": user.id,
            "permalink": slugify(title),
            "title": title,
            "description": random.choice((None, "", self._choose(word_lists.DESCRIPTIONS))),
            "genre": genre or random.choice((None, "")),
            "tag_list": tag_list,
            "bpm": float(random.randint(slowest, fastest)) if random.random() < 0.6 else None,
            "key_signature": random.choice(_KEYS) if random.random() < 0.3 else None,
            "duration": random.randint(70_000, 190_000) if lofi else random.randint(120_000, 520_000),
            "created_at": created_at,
            "last_modified": min(_NEWEST, created_at + random.randint(0, 9_000_000)),
            "sharing": "public",
            "secret_token": f"s-{self._choose_letters(11)}",
            "access": "playable",
            "license": random.choice(("all-rights-reserved",) * 6 + ("cc-by", "cc-by-nc-sa")),
            "label_name": self._choose(word_lists.LABELS) if random.random() < 0.15 else random.choice((None, "")),
            "release": None,
            "release_date": released.isoformat() if released else None,
            "isrc": f"GBX7Y{random.randint(1000000, 9999999)}" if random.random() < 0.1 else random.choice((None, "")),
            "purchase_url": f"https://{slugify(user.username)}.example/buy" if random.random() < 0.1 else None,
            "metadata_artist": user.username if random.random() < 0.15 else None,
            "downloadable": random.random() < 0.2,
            "streamable": True,
            "reveal_stats": random.random() > 0.02,
            "artwork_url": f"https://i1.sndcdn.com/artworks-{self._choose_letters(16)}-0-large.jpg"
            if random.random() < 0.7
            else None,
            "playback_count": int(10 ** random.uniform(1.2, 5.9)),
            "download_count": random.randint(0, 90),
            "search_text": build_search_text(title, user.username, tag_list),
            "tag_index": build_tag_index(tag_list),
        }

    def _add_playlists(self, users: list[_User], tracks: list[_Track]) -> list[int]:
        random = self._random
        names = word_lists.PLAYLISTS.split("|")
        count = self._scale(60)
        public: list[_Track] = []
        own: dict[int, list[_Track]] = {user.id: [] for user in users}
        for track in tracks:
            if track.public:
                public.append(track)
                own[track.user_id].append(track)
        visible: list[int] = []
        contents: list[tuple[int, int, int]] = []
        numbers = sorted(random.sample(range(150_000_000, 2_060_000_000), count))
        moments = sorted(random.sample(range(_OLDEST + 50_000_000, _NEWEST), count))

        def make_rows() -> Iterator[Fields]:
            for index, (number, created_at) in enumerate(zip(numbers, moments, strict=True)):
                user = users[0] if index % 12 == 3 else random.choice(users)
                album = index % 10 == 6
                name = f"{names[index % len(names)]} {index // len(names) + 1}"
                title = self._unique_title(self._make_album_title) if album else name
                tag_list = random.choice(("", "lofi", "mix", 'lofi "study beats"'))
                chosen = own[user.id][:8] if album else random.sample(public, random.randint(5, 24))
                contents.extend((number, position, track.id) for position, track in enumerate(chosen))
                sharing = "private" if index in {15, 33, 50} else "public"
                if sharing == "public":
                    visible.append(number)
                self._activities.append((created_at, user.id, "playlist", None, number))
                yield {
                    "id": number,
                    "user_id": user.id,
                    "permalink": slugify(title),
                    "title": title,
                    "description": random.choice((None, "", "Kept in no order.")),
                    "genre": random.choice((None, "", "Lo-fi", "Electronic")),
                    "tag_list": tag_list,
                    "created_at": created_at,
                    "last_modified": min(_NEWEST, created_at + random.randint(0, 9_000_000)),
                    "sharing": sharing,
                    "secret_token": f"s-{self._choose_letters(11)}",
                    "set_type": "album" if album else "",
                    "artwork_url": None,
                    "search_text": build_search_text(title, user.username, tag_list),
                }

        self._insert("playlists", make_rows())
        self._connection.executemany("INSERT INTO playlist_tracks VALUES (?, ?, ?)", contents)
        return visible

    def _insert_pairs(self, table: str, column: str, pairs: Iterable[tuple[int, int]]) -> None:
        unique = list(dict.fromkeys(pairs))
        self._random.shuffle(unique)
        # Names of tables and columns are from this package, not from requests.
        self._connection.executemany(f"INSERT INTO {table} (user_id, {column}) VALUES (?, ?)", unique)  # noqa: S608

    def _add_followings(self, users: list[_User]) -> None:
        pairs: list[tuple[int, int]] = []
        for index, user in enumerate(users):
            count = 24 if index == 0 else self._random.randint(4, 22)
            # Positions in a list without the user.
            others = self._random.sample(range(len(users) - 1), count)
            pairs += [(user.id, users[other + (other >= index)].id) for other in others]
        self._insert_pairs("followings", "followed_id", pairs)

    def _sample(self, choices: list[Any], count: int) -> list[Any]:
        # Squaring the random number prefers the first items.
        return [choices[int(len(choices) * self._random.random() ** 2)] for _ in range(count)]

    def _add_likes(self, users: list[_User], tracks: list[_Track], playlists: list[int]) -> None:
        liked: list[tuple[int, int]] = []
        playlist_pairs: list[tuple[int, int]] = []
        is_default = self._size == DEFAULT_TRACKS
        for user in users:
            if is_default:
                count = 130 if user == users[0] else self._random.randint(20, 90)
                liked += [(user.id, track.id) for track in self._sample(tracks, count)]
            playlist_pairs += [(user.id, number) for number in self._sample(playlists, self._random.randint(1, 8))]
        if is_default:
            self._insert_pairs("track_likes", "item_id", liked)
        else:
            self._add_many_likes(users, tracks)
        self._insert_pairs("playlist_likes", "item_id", playlist_pairs)

    def _add_many_likes(self, users: list[_User], tracks: list[_Track]) -> None:
        random, statement = self._random.random, "INSERT OR IGNORE INTO track_likes (user_id, item_id) VALUES (?, ?)"
        missing = 10 * self._size
        while missing:
            pairs = (
                (users[int(len(users) * random())].id, tracks[int(len(tracks) * random() ** 2)].id)
                for _ in range(missing)
            )
            missing -= self._connection.executemany(statement, pairs).rowcount

    def _add_reposts(self, users: list[_User], tracks: list[_Track], playlists: list[int]) -> None:
        track_pairs: dict[tuple[int, int], None] = {}
        playlist_pairs: list[tuple[int, int]] = []
        for user in users:
            for track in self._sample(tracks, self._random.randint(4, 14)):
                if track.user_id != user.id and (user.id, track.id) not in track_pairs:
                    track_pairs[user.id, track.id] = None
                    later = self._random.randint(track.created_at, _NEWEST)
                    self._activities.append((later, user.id, "track:repost", track.id, None))
            number = self._random.choice(playlists)
            playlist_pairs.append((user.id, number))
            self._activities.append(
                (_NEWEST - self._random.randint(0, 9_000_000), user.id, "playlist:repost", None, number)
            )
        self._insert_pairs("track_reposts", "item_id", track_pairs)
        self._insert_pairs("playlist_reposts", "item_id", playlist_pairs)

    def _add_comments(self, users: list[_User], tracks: list[_Track]) -> None:
        random = self._random
        rows: list[tuple[int, int, int, str, int | None]] = []
        # One track has more comments than a page.
        for track in [tracks[0]] * 70 + self._sample(tracks, self._scale(900)):
            moment = random.randint(0, track.duration) if random.random() < 0.9 else None
            written = random.randint(track.created_at, _NEWEST)
            rows.append((written, random.choice(users).id, track.id, self._choose(word_lists.COMMENTS), moment))
        rows.sort(key=lambda row: row[0])
        statement = "INSERT INTO comments (created_at, user_id, track_id, body, timestamp) VALUES (?, ?, ?, ?, ?)"
        self._connection.executemany(statement, rows)

    def _add_plays(self, users: list[_User], tracks: list[_Track]) -> None:
        for user in users:
            played = [(user.id, track.id) for track in self._sample(tracks, 34)]
            self._connection.executemany("INSERT INTO plays (user_id, track_id) VALUES (?, ?)", played)

    def _add_web_profiles(self, users: list[_User]) -> None:
        rows: list[Fields] = []
        for user in users:
            services = self._random.sample(word_lists.SERVICES.split("|"), self._random.randint(0, 3))
            for service in services if user != users[0] else ["bandcamp", "instagram"]:
                name = slugify(user.username)
                rows.append(
                    {
                        "user_id": user.id,
                        "service": service,
                        "title": service.capitalize(),
                        "url": f"https://{service}.example/{name}",
                        "username": None if service == "personal" else name,
                        "created_at": self._random.randrange(_OLDEST, _NEWEST),
                    }
                )
        self._insert("web_profiles", rows)
