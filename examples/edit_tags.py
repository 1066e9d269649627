"""Edits the tags of all your tracks. Without `--write`, it only shows the changes.

    pip install ".[sandbox]"
    python examples/with_sandbox.py examples/edit_tags.py --rename lofi lo-fi
    python examples/with_sandbox.py examples/edit_tags.py --add "late night" --remove demo --rename lofi lo-fi --write

Output of the first command:

    ...
    'Northern Avenue (lofi)'  soundcloud:tracks:257088491
      - lofi
      + lo-fi
    15 tracks would change: --write writes them and removes their machine tags, which are not shown

The example ignores upper and lower case when it compares tags. If it cannot edit a track, it continues, lists the failed tracks at
the end, and has exit status 1.

To use soundcloud.com instead, set the environment variables of docs/examples.md, and start the example without
`examples/with_sandbox.py`.

Changed tracks lose their machine tags, such as `geo:city=Berlin`. SoundCloud does not return machine tags, and the example has to
write the whole tag list. If you use machine tags, store them yourself and add them to the result of `Edit.apply`.
"""

import argparse
import sys
from collections.abc import Sequence

import attrs

from soundcloud import InvalidInputError, RateLimitError, SoundCloudClient, SoundCloudError
from soundcloud.models import Track
from soundcloud.tags import Tags


@attrs.frozen
class Edit:
    """Changes of a tag list: renames, then removals, then additions."""

    rename: dict[str, str]
    remove: set[str]
    add: Tags

    @classmethod
    def create(cls, add: Sequence[str], remove: Sequence[str], rename: Sequence[Sequence[str]]) -> "Edit":
        """Create an edit.

        Raises:
            InvalidInputError: A tag is empty, or contains a double quote.
        """
        names = {Tags([old])[0].casefold(): Tags([new])[0] for old, new in rename}
        return cls(names, {tag.casefold() for tag in Tags(remove)}, Tags(add))

    def apply(self, tags: Tags) -> Tags:
        """Return the edited tags in their order, without duplicates."""
        renamed = [self.rename.get(tag.casefold(), tag) for tag in tags]
        kept = [tag for tag in renamed if tag.casefold() not in self.remove]
        by_name: dict[str, str] = {}
        for tag in [*kept, *self.add]:
            by_name.setdefault(tag.casefold(), tag)
        return Tags(by_name.values())


def difference(before: Tags, after: Tags) -> list[str]:
    """Return lines with the removed and added tags, or both lists if only the order or case differs."""
    lines = [f"  - {tag}" for tag in before if tag not in after] + [f"  + {tag}" for tag in after if tag not in before]
    return lines or [f"  - {before}", f"  + {after}"]


def edit_all(client: SoundCloudClient, edit: Edit, *, write: bool) -> tuple[int, list[tuple[Track, str]]]:
    """Edit the tags of all tracks and print each change.

    Returns:
        The number of changed tracks, and the failed tracks with the reason.

    Raises:
        SoundCloudError: The tracks cannot be listed.
    """
    changes: list[tuple[Track, Tags]] = []
    for track in client.me.get_tracks(200):
        before = Tags.parse(track.tag_list)
        after = edit.apply(before)
        if after != before:
            changes.append((track, after))

    count, failed, stopped = 0, list[tuple[Track, str]](), False
    for track, after in changes:
        if stopped:
            failed.append((track, "not attempted"))
            continue
        print("\n".join([f"{track.title!r}  {track.urn}", *difference(Tags.parse(track.tag_list), after)]))
        try:
            if write:
                client.tracks.update(track, tag_list=str(after))
            count += 1
        except SoundCloudError as problem:
            failed.append((track, str(problem)))
            # The client has waited and retried already.
            stopped = isinstance(problem, RateLimitError)
    return count, failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(
        description="Edit the tags of all your tracks. Without --write, only show the changes."
    )
    parser.add_argument("--add", action="append", default=[], metavar="TAG")
    parser.add_argument("--remove", action="append", default=[], metavar="TAG")
    parser.add_argument("--rename", action="append", default=[], nargs=2, metavar=("OLD", "NEW"))
    parser.add_argument("--write", action="store_true", help="write the changes")
    options = parser.parse_args(arguments)
    if not (options.add or options.remove or options.rename):
        parser.error("nothing to change: use --add, --remove or --rename")
    try:
        edit = Edit.create(options.add, options.remove, options.rename)
    except InvalidInputError as problem:
        parser.error(str(problem))

    try:
        with SoundCloudClient.from_env() as client:
            count, failed = edit_all(client, edit, write=options.write)
    except SoundCloudError as problem:
        print(f"failed: {problem}", file=sys.stderr)
        return 1
    if options.write:
        print(f"{count} tracks changed")
    else:
        print(f"{count} tracks would change: --write writes them and removes their machine tags, which are not shown")
    for track, reason in failed:
        print(f"failed: {track.title!r}  {track.urn}: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
