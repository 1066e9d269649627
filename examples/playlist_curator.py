"""Keeps a playlist of your own: your newest likes of some genres come in on top, what is blocked or gone goes out.

    python examples/playlist_curator.py soundcloud:playlists:1212781357 --genre Lo-fi --genre lofi --most 40
    python examples/playlist_curator.py 1212781357 --genre Jazz --dry-run

The app, the signed-in person and the sandbox come from the environment: docs/examples.md shows how. Tracks that you put in
yourself stay while there is room; when there is none, what stands last and is none of the newest likes makes way. A track that
SoundCloud counts and no longer lists was deleted or hidden: it goes with the next change. One that you take out comes back while
it is among the newest likes: unlike it. Running it twice changes nothing.
"""

import argparse
import sys
from collections.abc import Sequence

import attrs

from soundcloud import InvalidInputError, PlaylistChangedError, SoundCloudClient, SoundCloudError
from soundcloud.models import Track

LONGEST = 500  # what SoundCloud takes


@attrs.frozen
class Plan:
    """What is to be done to a playlist."""

    remove: list[Track]
    add: list[Track]


def newest_likes(client: SoundCloudClient, genres: set[str], most: int) -> dict[str, Track]:
    """Find the newest likes of the genres that can be played in full, by URN, the newest first."""
    found: dict[str, Track] = {}
    for track in client.me.get_likes_tracks(200, access="playable"):
        if track.urn and (track.genre or "").strip().casefold() in genres:
            found[track.urn] = track
        if len(found) == most:
            break
    return found


def decide(client: SoundCloudClient, playlist: str, likes: dict[str, Track], most: int) -> Plan:
    """Read the playlist as it is now, and decide what goes and what comes."""
    listed = list(client.playlists.get_tracks(playlist, 200, access=("playable", "preview", "blocked")))
    kept = {str(track.urn): track for track in listed if track.access != "blocked"}
    remove = {str(track.urn): track for track in listed if track.access == "blocked"}
    add = [track for urn, track in likes.items() if urn not in kept]

    # Of what was there, the last make way; never one of the newest likes, which would come back at the next run.
    others = [urn for urn in kept if urn not in likes]
    too_many = max(0, len(kept) + len(add) - most)
    for urn in others[len(others) - too_many :]:
        remove[urn] = kept[urn]
    return Plan([*remove.values()], add)


def carry_out(client: SoundCloudClient, playlist: str, plan: Plan, done: Plan) -> None:
    """Change the playlist, first out, then in, so that it never gets too long; note what is done."""
    if plan.remove:
        client.playlists.remove_tracks(playlist, plan.remove, drop_hidden=True)
        done.remove.extend(plan.remove)
    if plan.add:
        client.playlists.add_tracks(playlist, plan.add, position=0, duplicates=False, drop_hidden=True)
        done.add.extend(plan.add)


def curate(client: SoundCloudClient, playlist: str, genres: set[str], most: int, *, dry_run: bool = False) -> Plan:
    """Bring the playlist up to date; when somebody changes it meanwhile, decide a second time.

    Returns:
        What was done, or would be.

    Raises:
        PlaylistChangedError: It was changed again during the second try.
        SoundCloudError: A call failed.
    """
    likes = newest_likes(client, genres, most)
    plan, done = decide(client, playlist, likes, most), Plan([], [])
    if dry_run:
        return plan
    try:
        carry_out(client, playlist, plan, done)
    except (PlaylistChangedError, InvalidInputError) as problem:
        # An InvalidInputError: what was to be removed is gone already.
        print(f"a second try: {problem}", file=sys.stderr)
        carry_out(client, playlist, decide(client, playlist, likes, most), done)
    return done


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the curator."""
    parser = argparse.ArgumentParser(description="Keep a playlist of your newest likes of some genres.")
    parser.add_argument("playlist", help="its URN or number")
    parser.add_argument("--genre", action="append", required=True, help="a genre; may be given several times")
    parser.add_argument("--most", type=int, default=50, metavar="N", help="so many tracks at most; default %(default)s")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done")
    options = parser.parse_args(arguments)
    if not 1 <= options.most <= LONGEST:
        parser.error(f"--most takes a number from 1 to {LONGEST}")
    genres = {genre.strip().casefold() for genre in options.genre}

    try:
        with SoundCloudClient.from_env() as client:
            plan = curate(client, options.playlist, genres, options.most, dry_run=options.dry_run)
    except SoundCloudError as problem:
        print(f"failed: {problem}", file=sys.stderr)
        return 1
    for sign, tracks in (("-", plan.remove), ("+", plan.add)):
        for track in tracks:
            print(f"{sign} {track.title!r}  {track.urn}")
    print(f"{len(plan.add)} added, {len(plan.remove)} removed" + (" (dry run: nothing was)" if options.dry_run else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
