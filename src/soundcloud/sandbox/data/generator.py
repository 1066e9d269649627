"""The catalogue that a sandbox starts with: invented people and sounds, the same ones for the same seed."""

import sqlite3
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, TypeAlias

from soundcloud.sandbox.data import word_lists
from soundcloud.sandbox.data.text import build_search_text, build_tag_index, slugify

DEFAULT_USER = "ada-night"

_TRACKS = 600
_LOFI_TRACKS = 320
_PLAYLISTS = 60
_NEWEST = int(datetime(2026, 11, 1, 9, 30, tzinfo=UTC).timestamp())
_OLDEST = int(datetime(2015, 3, 2, 8, 0, tzinfo=UTC).timestamp())
_SECRET_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"  # noqa: S105
_KEYS = ("Am", "C", "Dm", "Em", "F", "G", "Bbm", "Ebm", "A", "D")

Fields: TypeAlias = dict[str, Any]


class _Person(NamedTuple):
    id: int
    username: str


class _Track(NamedTuple):
    id: int
    user_id: int
    created_at: int
    duration: int
    public: bool


def fill(connection: sqlite3.Connection, seed: int) -> None:
    """Write the catalogue into empty tables.

    Args:
        connection: The database.
        seed: What chance starts from.
    """
    _Filler(connection, seed).fill()


class _Filler:
    def __init__(self, connection: sqlite3.Connection, seed: int) -> None:
        self._connection = connection
        # Not for secrets: the point is that the same seed gives the same catalogue.
        self._random = Random(seed)  # noqa: S311
        self._titles: set[str] = set()
        self._activities: list[tuple[int, int, str, int | None, int | None]] = []

    def fill(self) -> None:
        people = self._people()
        tracks = self._tracks(people)
        playlists = self._playlists(people, tracks)
        public = [track for track in tracks if track.public]
        # What comes early in the list is liked, reposted and talked about more.
        favourites = self._random.sample(public, len(public))
        self._followings(people)
        self._likes(people, favourites, playlists)
        self._reposts(people, favourites, playlists)
        self._comments(people, favourites)
        self._plays(people, favourites)
        self._web_profiles(people)
        activities = sorted(self._activities, key=lambda activity: activity[0])
        self._connection.executemany(
            "INSERT INTO activities (created_at, user_id, type, track_id, playlist_id) VALUES (?, ?, ?, ?, ?)",
            activities,
        )

    def _insert(self, table: str, rows: list[Fields]) -> None:
        columns = list(rows[0])
        marks = ", ".join("?" * len(columns))
        # Names of this package: no request has come in yet.
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        self._connection.executemany(statement, [tuple(row.values()) for row in rows])

    def _pick(self, choices: str) -> str:
        return self._random.choice(choices.split("|"))

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_SECRET_LETTERS, k=count))

    def _people(self) -> list[_Person]:
        chance = self._random
        rows: list[Fields] = []
        number = 40_000_000
        for line in word_lists.PEOPLE.split("\n"):
            if not line:
                continue
            permalink, username, first, last, city, country = line.split("|")
            number += chance.randrange(500_000, 24_000_000)
            has_website = chance.random() < 0.4
            plan = (
                "Pro Unlimited"
                if permalink == DEFAULT_USER
                else chance.choice(("Free", "Free", "Free", "Pro Unlimited"))
            )
            rows.append(
                {
                    "id": number,
                    "permalink": permalink,
                    "username": username,
                    "first_name": first or chance.choice((None, "")),
                    "last_name": last or chance.choice((None, "")),
                    "city": city,
                    "country": country,
                    "description": chance.choice(
                        (None, None, "", f"Music from {city}.", f"{username}. Tapes and such.")
                    ),
                    "website": f"https://{permalink}.example" if has_website else None,
                    "website_title": "site" if has_website and chance.random() < 0.5 else None,
                    "avatar_url": f"https://i1.sndcdn.com/avatars-{self._letters(12)}-{self._letters(6).lower()}-large.jpg",
                    "plan": plan,
                    "created_at": chance.randrange(_OLDEST - 100_000_000, _OLDEST),
                    "last_modified": chance.randrange(_OLDEST, _NEWEST),
                    "search_text": build_search_text(username, permalink, city),
                }
            )
        self._insert("users", rows)
        return [_Person(row["id"], row["username"]) for row in rows]

    def _title(self, *, lofi: bool) -> str:
        title = self._any_title(lofi=lofi)
        while title in self._titles:
            title = self._any_title(lofi=lofi)
        self._titles.add(title)
        return title

    def _album_title(self) -> str:
        title = f"{self._pick(word_lists.ADJECTIVES)} {self._pick(word_lists.NOUNS)} EP"
        while title in self._titles:
            title = f"{self._pick(word_lists.ADJECTIVES)} {self._pick(word_lists.NOUNS)} EP"
        self._titles.add(title)
        return title

    def _any_title(self, *, lofi: bool) -> str:
        adjective, noun, part = (
            self._pick(word_lists.ADJECTIVES),
            self._pick(word_lists.NOUNS),
            self._random.randint(1, 40),
        )
        if not lofi or self._random.random() < 0.4:
            moment, count = self._pick(word_lists.MOMENTS), self._random.randint(1, 4)
            return self._random.choice((f"{adjective} {noun}", f"{noun} {moment}", f"{adjective} {noun}, part {count}"))
        purpose = self._pick(word_lists.PURPOSES)
        return self._random.choice(
            (f"{adjective} {noun} (lofi)", f"{noun}: lofi for {purpose}", f"{noun.lower()} lofi sketch {part}")
        )

    def _tracks(self, people: list[_Person]) -> list[_Track]:
        chance = self._random
        moments = sorted(chance.sample(range(_OLDEST, _NEWEST), _TRACKS))
        lofi = set(chance.sample(range(_TRACKS), _LOFI_TRACKS))
        # Numbers pass 2^31 on the way, as SoundCloud's do: what keeps them in 32 bits breaks here.
        numbers = sorted(chance.sample(range(230_000_000, 2_290_000_000), _TRACKS))
        taken: set[tuple[int, str]] = set()
        rows: list[Fields] = []
        for index, (number, created_at) in enumerate(zip(numbers, moments, strict=True)):
            # The default person has some of each kind, whatever the seed.
            person = people[0] if index % 40 == 7 else chance.choice(people)
            row = self._track(number, created_at, person, lofi=index in lofi)
            base, attempt = row["permalink"], 1
            while (person.id, row["permalink"]) in taken:
                attempt += 1
                row["permalink"] = f"{base}-{attempt}"
            taken.add((person.id, row["permalink"]))
            if index % 29 == 4:
                row["access"] = "preview"
            elif index % 61 == 9:
                row |= {"access": "blocked", "streamable": False}
            elif index % 53 == 20 or index in {87, 327}:
                row["sharing"] = "private"
            rows.append(row)
        self._insert("tracks", rows)
        for row in rows:
            self._activities.append((row["created_at"], row["user_id"], "track", row["id"], None))
        return [
            _Track(row["id"], row["user_id"], row["created_at"], row["duration"], row["sharing"] == "public")
            for row in rows
        ]

    def _track(self, number: int, created_at: int, person: _Person, *, lofi: bool) -> Fields:
        chance = self._random
        title = self._title(lofi=lofi)
        genre = chance.choice(list(word_lists.GENRES))
        tags, slowest, fastest = word_lists.GENRES[genre]
        if lofi:
            genre, slowest, fastest = chance.choice(("Lo-fi", "lofi", "Hip-hop & Rap", "Electronic", "")), 68, 92
            chosen = ["lofi", *chance.sample(word_lists.LOFI_TAGS.split("|"), 3)]
        else:
            chosen = chance.sample(tags.split("|"), 2)
        if chance.random() < 0.04:
            chosen.append("camel:size=medium")
        tag_list = " ".join(f'"{tag}"' if " " in tag else tag for tag in chosen)
        released = (
            datetime.fromtimestamp(created_at, UTC).date() - timedelta(days=chance.randint(0, 20))
            if chance.random() < 0.4
            else None
        )
        return {
            "id": number,
            "user_id": person.id,
            "permalink": slugify(title),
            "title": title,
            "description": chance.choice((None, "", self._pick(word_lists.DESCRIPTIONS))),
            "genre": genre or chance.choice((None, "")),
            "tag_list": tag_list,
            "bpm": float(chance.randint(slowest, fastest)) if chance.random() < 0.6 else None,
            "key_signature": chance.choice(_KEYS) if chance.random() < 0.3 else None,
            "duration": chance.randint(70_000, 190_000) if lofi else chance.randint(120_000, 520_000),
            "created_at": created_at,
            "last_modified": min(_NEWEST, created_at + chance.randint(0, 9_000_000)),
            "sharing": "public",
            "secret_token": f"s-{self._letters(11)}",
            "access": "playable",
            "license": chance.choice(("all-rights-reserved",) * 6 + ("cc-by", "cc-by-nc-sa")),
            "label_name": self._pick(word_lists.LABELS) if chance.random() < 0.15 else chance.choice((None, "")),
            "release": None,
            "release_date": released.isoformat() if released else None,
            "isrc": f"GBX7Y{chance.randint(1000000, 9999999)}" if chance.random() < 0.1 else chance.choice((None, "")),
            "purchase_url": f"https://{slugify(person.username)}.example/buy" if chance.random() < 0.1 else None,
            "metadata_artist": person.username if chance.random() < 0.15 else None,
            "downloadable": chance.random() < 0.2,
            "streamable": True,
            "reveal_stats": chance.random() > 0.02,
            "artwork_url": f"https://i1.sndcdn.com/artworks-{self._letters(16)}-0-large.jpg"
            if chance.random() < 0.7
            else None,
            "playback_count": int(10 ** chance.uniform(1.2, 5.9)),
            "download_count": chance.randint(0, 90),
            "search_text": build_search_text(title, person.username, tag_list),
            "tag_index": build_tag_index(tag_list),
        }

    def _playlists(self, people: list[_Person], tracks: list[_Track]) -> list[int]:
        chance = self._random
        names = word_lists.PLAYLISTS.split("|")
        rows: list[Fields] = []
        contents: list[tuple[int, int, int]] = []
        numbers = sorted(chance.sample(range(150_000_000, 2_060_000_000), _PLAYLISTS))
        moments = sorted(chance.sample(range(_OLDEST + 50_000_000, _NEWEST), _PLAYLISTS))
        for index, (number, created_at) in enumerate(zip(numbers, moments, strict=True)):
            person = people[0] if index % 12 == 3 else chance.choice(people)
            album = index % 10 == 6
            title = self._album_title() if album else f"{names[index % len(names)]} {index // len(names) + 1}"
            tag_list = chance.choice(("", "lofi", "mix", 'lofi "study beats"'))
            own = [track for track in tracks if track.user_id == person.id and track.public]
            chosen = (
                own[:8] if album else chance.sample([track for track in tracks if track.public], chance.randint(5, 24))
            )
            contents += [(number, position, track.id) for position, track in enumerate(chosen)]
            rows.append(
                {
                    "id": number,
                    "user_id": person.id,
                    "permalink": slugify(title),
                    "title": title,
                    "description": chance.choice((None, "", "Kept in no order.")),
                    "genre": chance.choice((None, "", "Lo-fi", "Electronic")),
                    "tag_list": tag_list,
                    "created_at": created_at,
                    "last_modified": min(_NEWEST, created_at + chance.randint(0, 9_000_000)),
                    "sharing": "private" if index in {15, 33, 50} else "public",
                    "secret_token": f"s-{self._letters(11)}",
                    "set_type": "album" if album else "",
                    "artwork_url": None,
                    "search_text": build_search_text(title, person.username, tag_list),
                }
            )
            self._activities.append((created_at, person.id, "playlist", None, number))
        self._insert("playlists", rows)
        self._connection.executemany("INSERT INTO playlist_tracks VALUES (?, ?, ?)", contents)
        return [row["id"] for row in rows if row["sharing"] == "public"]

    def _pairs(self, table: str, column: str, pairs: list[tuple[int, int]]) -> None:
        unique = list(dict.fromkeys(pairs))
        self._random.shuffle(unique)
        # Names of this package: no request has come in yet.
        self._connection.executemany(f"INSERT INTO {table} (user_id, {column}) VALUES (?, ?)", unique)  # noqa: S608

    def _followings(self, people: list[_Person]) -> None:
        pairs: list[tuple[int, int]] = []
        for person in people:
            others = [other for other in people if other != person]
            count = 24 if person == people[0] else self._random.randint(4, 22)
            pairs += [(person.id, other.id) for other in self._random.sample(others, count)]
        self._pairs("followings", "followed_id", pairs)

    def _some(self, choices: list[Any], count: int) -> list[Any]:
        # Squared chance prefers what comes early.
        return [choices[int(len(choices) * self._random.random() ** 2)] for _ in range(count)]

    def _likes(self, people: list[_Person], tracks: list[_Track], playlists: list[int]) -> None:
        liked: list[tuple[int, int]] = []
        playlist_pairs: list[tuple[int, int]] = []
        for person in people:
            count = 130 if person == people[0] else self._random.randint(20, 90)
            liked += [(person.id, track.id) for track in self._some(tracks, count)]
            playlist_pairs += [(person.id, number) for number in self._some(playlists, self._random.randint(1, 8))]
        self._pairs("track_likes", "item_id", liked)
        self._pairs("playlist_likes", "item_id", playlist_pairs)

    def _reposts(self, people: list[_Person], tracks: list[_Track], playlists: list[int]) -> None:
        track_pairs: list[tuple[int, int]] = []
        playlist_pairs: list[tuple[int, int]] = []
        for person in people:
            for track in self._some(tracks, self._random.randint(4, 14)):
                if track.user_id != person.id and (person.id, track.id) not in track_pairs:
                    track_pairs.append((person.id, track.id))
                    later = self._random.randint(track.created_at, _NEWEST)
                    self._activities.append((later, person.id, "track:repost", track.id, None))
            number = self._random.choice(playlists)
            playlist_pairs.append((person.id, number))
            self._activities.append(
                (_NEWEST - self._random.randint(0, 9_000_000), person.id, "playlist:repost", None, number)
            )
        self._pairs("track_reposts", "item_id", track_pairs)
        self._pairs("playlist_reposts", "item_id", playlist_pairs)

    def _comments(self, people: list[_Person], tracks: list[_Track]) -> None:
        chance = self._random
        rows: list[tuple[int, int, int, str, int | None]] = []
        # One track has more comments than fit on a page.
        for track in [tracks[0]] * 70 + self._some(tracks, 900):
            moment = chance.randint(0, track.duration) if chance.random() < 0.9 else None
            written = chance.randint(track.created_at, _NEWEST)
            rows.append((written, chance.choice(people).id, track.id, self._pick(word_lists.COMMENTS), moment))
        rows.sort(key=lambda row: row[0])
        self._connection.executemany(
            "INSERT INTO comments (created_at, user_id, track_id, body, timestamp) VALUES (?, ?, ?, ?, ?)",
            rows,
        )

    def _plays(self, people: list[_Person], tracks: list[_Track]) -> None:
        for person in people:
            played = [(person.id, track.id) for track in self._some(tracks, 34)]
            self._connection.executemany("INSERT INTO plays (user_id, track_id) VALUES (?, ?)", played)

    def _web_profiles(self, people: list[_Person]) -> None:
        rows: list[Fields] = []
        for person in people:
            services = self._random.sample(word_lists.SERVICES.split("|"), self._random.randint(0, 3))
            for service in services if person != people[0] else ["bandcamp", "instagram"]:
                name = slugify(person.username)
                rows.append(
                    {
                        "user_id": person.id,
                        "service": service,
                        "title": service.capitalize(),
                        "url": f"https://{service}.example/{name}",
                        "username": None if service == "personal" else name,
                        "created_at": self._random.randrange(_OLDEST, _NEWEST),
                    }
                )
        self._insert("web_profiles", rows)
