"""Uploads the audio files of a folder as private tracks, and waits until they are playable.

    pip install ".[sandbox]"
    python examples/with_sandbox.py examples/upload_folder.py examples/demos

Output:

    First light.wav: uploaded as 'First light'
    Second wind.wav: uploaded as 'Second wind'
    'First light' is playable
    'Second wind' is playable

The example reads title and genre from the tags of an MP3, FLAC, Ogg or MPEG-4 file. If there is no title, it uses the file name. If
the folder contains `cover.jpg` or `cover.png`, this is the artwork. The example skips a file if you already have a track with its
title. So if a run was interrupted, run it again to upload the rest.

To use soundcloud.com instead, set the environment variables of docs/examples.md, and start the example without
`examples/with_sandbox.py`.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import mutagen

from soundcloud import QuotaExceededError, RateLimitError, SoundCloudClient, SoundCloudError
from soundcloud.models import Track

SUFFIXES = {".aiff", ".flac", ".m4a", ".mp3", ".ogg", ".wav"}


def read_tags(file: Path) -> tuple[str, str | None]:
    """Return the title and the genre of a file."""
    try:
        found: Any = cast("Any", mutagen).File(file, easy=True)  # mutagen is only partly annotated
        tags: dict[str, list[str]] = dict((found.tags if found is not None else None) or {})
    except (mutagen.MutagenError, ValueError):
        tags = {}
    return tags.get("title", [file.stem])[0], tags.get("genre", [None])[0]


def upload_folder(client: SoundCloudClient, folder: Path) -> Iterator[tuple[Path, Track | SoundCloudError]]:
    """Upload the files that are not among your tracks, and yield each with its track or its error.

    Raises:
        SoundCloudError: The tracks cannot be listed, or SoundCloud accepts no more uploads for now.
    """
    uploaded = {track.title for track in client.fetch_all(client.me.get_tracks(limit=200))}
    cover = next((file for file in (folder / "cover.jpg", folder / "cover.png") if file.exists()), None)
    for file in sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES):
        title, genre = read_tags(file)
        if title in uploaded:
            continue
        try:
            # A genre of None is not sent.
            yield file, client.tracks.upload(file, title=title, genre=genre, artwork=cover, sharing="private")
        except (QuotaExceededError, RateLimitError):
            raise
        except SoundCloudError as error:
            yield file, error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description="upload the audio files of a folder as private tracks")
    parser.add_argument("folder", type=Path, help="the folder")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is not a folder")
    waiting: list[Track] = []
    failed = 0
    with SoundCloudClient.from_env() as client:
        try:
            for file, result in upload_folder(client, options.folder):
                if isinstance(result, SoundCloudError):
                    failed += 1
                    print(f"{file.name}: {result}", file=sys.stderr)
                else:
                    waiting.append(result)
                    print(f"{file.name}: uploaded as {result.title!r}")
        except SoundCloudError as error:
            failed += 1
            print(f"stopped: {error}", file=sys.stderr)
        for outcome in client.map_completed(client.tracks.wait_until_playable, waiting):
            if outcome.ok:
                print(f"{outcome.value.title!r} is playable")
            else:
                failed += 1
                print(f"{outcome.item.title!r}: {outcome.error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
