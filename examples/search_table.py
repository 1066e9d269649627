"""Writes the results of a search to a CSV file, and prints the plays by genre. It uses pandas.

    pip install ".[sandbox]" pandas
    python examples/with_sandbox.py examples/search_table.py lofi lofi.csv --limit 20

Output:

    20 tracks with ... columns
                   tracks     plays
    genre
    Hip-hop & Rap       5  400471.0
    Lo-fi               8  304667.0
    ...

The file also has the fields of the uploader, in columns such as `user_username`. It contains no secrets of share links.

To use soundcloud.com instead, set the environment variables of docs/examples.md, and start the example without
`examples/with_sandbox.py`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from soundcloud import SoundCloudClient, SoundCloudError

LARGEST_PAGE = 200


def search_table(client: SoundCloudClient, words: str, limit: int) -> pd.DataFrame:
    """Return a row for each of the first tracks that a search finds."""
    tracks = client.fetch_all(client.search.tracks(words, limit=min(limit, LARGEST_PAGE)), max_items=limit)
    table = pd.DataFrame([track.to_dict(flat=True) for track in tracks])
    if not table.empty:
        table["created_at"] = pd.to_datetime(table["created_at"])
    return table


def plays_by_genre(table: pd.DataFrame) -> pd.DataFrame:
    """Return the number of tracks and of plays by genre, the most played first."""
    found = table.groupby("genre").agg(tracks=("urn", "count"), plays=("playback_count", "sum"))
    return found.sort_values("plays", ascending=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description="write the tracks that a search finds to a CSV file")
    parser.add_argument("words", help="what to search for")
    parser.add_argument("file", type=Path, help="the CSV file to write")
    parser.add_argument("--limit", type=int, default=LARGEST_PAGE, help="the largest number of tracks (200)")
    options = parser.parse_args(arguments)
    if options.limit < 1:
        parser.error("--limit must be 1 or more")
    try:
        with SoundCloudClient.from_env() as client:
            table = search_table(client, options.words, options.limit)
    except SoundCloudError as error:
        print(f"the search failed: {error}", file=sys.stderr)
        return 1
    if table.empty:
        print("nothing was found", file=sys.stderr)
        return 1
    table.to_csv(options.file, index=False)
    print(f"{len(table)} tracks with {len(table.columns)} columns")
    print(plays_by_genre(table).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
