"""Updates a playlist: adds your newest likes of some genres at the top, and removes blocked and deleted tracks.

    pip install ".[sandbox]"
    python examples/with_sandbox.py examples/playlist_curator.py 207899532 --genre Lo-fi --dry-run
    python examples/with_sandbox.py examples/playlist_curator.py 207899532 --genre Lo-fi --genre lofi --most 40

Output of the first command:

    + 'Bicycle: lofi for falling asleep'  soundcloud:tracks:632460611
    ...
    10 to add, 0 to remove (dry run)

`--most` is the maximum number of tracks in the playlist. If the playlist gets longer, the example removes tracks from its end, but
none of the newest likes. If SoundCloud counts a track but does not list it, the track was deleted or hidden, and the next change
removes it. If you remove a track from the playlist yourself, also unlike it. Otherwise the next run adds it again. If nothing has
changed since the last run, the example changes nothing.

To use soundcloud.com instead, set the environment variables of docs/examples.md, and start the example without
`examples/with_sandbox.py`.
"""

import argparse
import sys
from collections.abc import Sequence

import attrs

from soundcloud import InvalidInputError, PlaylistChangedError, SoundCloudClient, SoundCloudError
from soundcloud.models import Track

MAX_TRACKS = 500  # SoundCloud's limit


@attrs.frozen
class Plan:
    """The tracks to remove and to add."""

    remove: list[Track]
    add: list[Track]


def newest_likes(client: SoundCloudClient, genres: set[str], most: int) -> dict[str, Track]:
    """Return the newest fully playable likes of the genres by URN, the newest first."""
    found: dict[str, Track] = {}
    for track in client.me.get_likes_tracks(200, access="playable"):
        if track.urn and (track.genre or "").strip().casefold() in genres:
            found[track.urn] = track
        if len(found) == most:
            break
    return found


def decide(client: SoundCloudClient, playlist: str, likes: dict[str, Track], most: int) -> Plan:
    """Read the playlist and return the tracks to remove and to add."""
    listed = list(client.playlists.get_tracks(playlist, 200, access=("playable", "preview", "blocked")))
    kept = {str(track.urn): track for track in listed if track.access != "blocked"}
    remove = {str(track.urn): track for track in listed if track.access == "blocked"}
    add = [track for urn, track in likes.items() if urn not in kept]

    # Never remove one of the newest likes: the next run would add it again.
    others = [urn for urn in kept if urn not in likes]
    too_many = max(0, len(kept) + len(add) - most)
    for urn in others[len(others) - too_many :]:
        remove[urn] = kept[urn]
    return Plan([*remove.values()], add)


def carry_out(client: SoundCloudClient, playlist: str, plan: Plan, done: Plan) -> None:
    """Change the playlist and record the changes. Removals come first, so that it never exceeds the limit."""
    if plan.remove:
        client.playlists.remove_tracks(playlist, plan.remove, drop_hidden=True)
        done.remove.extend(plan.remove)
    if plan.add:
        client.playlists.add_tracks(playlist, plan.add, position=0, duplicates=False, drop_hidden=True)
        done.add.extend(plan.add)


def curate(client: SoundCloudClient, playlist: str, genres: set[str], most: int, *, dry_run: bool = False) -> Plan:
    """Update the playlist; if it changes at the same time, try once more.

    Returns:
        The changes, or with `dry_run` the planned changes.

    Raises:
        PlaylistChangedError: The playlist changed again during the second attempt.
        SoundCloudError: A request failed.
    """
    likes = newest_likes(client, genres, most)
    plan, done = decide(client, playlist, likes, most), Plan([], [])
    if dry_run:
        return plan
    try:
        carry_out(client, playlist, plan, done)
    except (PlaylistChangedError, InvalidInputError) as problem:
        # InvalidInputError: a track to remove is not in the playlist any more.
        print(f"second attempt: {problem}", file=sys.stderr)
        carry_out(client, playlist, decide(client, playlist, likes, most), done)
    return done


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description="Update a playlist of your newest likes of some genres.")
    parser.add_argument("playlist", help="its URN or id")
    parser.add_argument("--genre", action="append", required=True, help="a genre; may be given several times")
    parser.add_argument(
        "--most", type=int, default=50, metavar="N", help="maximum number of tracks; default %(default)s"
    )
    parser.add_argument("--dry-run", action="store_true", help="only show the changes")
    options = parser.parse_args(arguments)
    if not 1 <= options.most <= MAX_TRACKS:
        parser.error(f"--most takes a number from 1 to {MAX_TRACKS}")
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
    if options.dry_run:
        print(f"{len(plan.add)} to add, {len(plan.remove)} to remove (dry run)")
    else:
        print(f"{len(plan.add)} added, {len(plan.remove)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
