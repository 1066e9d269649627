"""Edits the tags of all your tracks at once. It only shows what would change, until you say `--write`.

    python examples/edit_tags.py --add "late night" --remove demo --rename lofi lo-fi
    python examples/edit_tags.py --add "late night" --remove demo --rename lofi lo-fi --write

The app, the signed-in person and the sandbox come from the environment: docs/examples.md shows how. Upper and lower case count
as the same. What failed is listed at the end, and the exit status is 1.

SoundCloud does not show machine tags (`geo:city=Berlin`), and a list of tags is written as a whole: tracks that are changed lose
their machine tags. Where you use them, keep them in a place of your own, and add them to what `Edit.apply` returns.
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
    """What is to be done to a list of tags: tags are renamed, then removed, then added."""

    rename: dict[str, str]
    remove: set[str]
    add: Tags

    @classmethod
    def make(cls, add: Sequence[str], remove: Sequence[str], rename: Sequence[Sequence[str]]) -> "Edit":
        """Check the tags.

        Raises:
            InvalidInputError: One is empty, or cannot be written.
        """
        names = {Tags([old])[0].casefold(): Tags([new])[0] for old, new in rename}
        return cls(names, {tag.casefold() for tag in Tags(remove)}, Tags(add))

    def apply(self, tags: Tags) -> Tags:
        """Edit a list. The order is kept; a tag that would be in it twice is in it once."""
        renamed = [self.rename.get(tag.casefold(), tag) for tag in tags]
        kept = [tag for tag in renamed if tag.casefold() not in self.remove]
        by_name: dict[str, str] = {}
        for tag in [*kept, *self.add]:
            by_name.setdefault(tag.casefold(), tag)
        return Tags(by_name.values())


def difference(before: Tags, after: Tags) -> list[str]:
    """Show what goes and what comes; when it is neither, the lists."""
    lines = [f"  - {tag}" for tag in before if tag not in after] + [f"  + {tag}" for tag in after if tag not in before]
    return lines or [f"  - {before}", f"  + {after}"]


def edit_all(client: SoundCloudClient, edit: Edit, *, write: bool) -> tuple[int, list[tuple[Track, str]]]:
    """Edit the tags of all tracks, and show each change.

    Returns:
        How many were changed, or would be, and those that failed with the reason.

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
            failed.append((track, "not tried"))
            continue
        print("\n".join([f"{track.title!r}  {track.urn}", *difference(Tags.parse(track.tag_list), after)]))
        try:
            if write:
                client.tracks.update(track, tag_list=str(after))
            count += 1
        except SoundCloudError as problem:
            failed.append((track, str(problem)))
            # The client has waited already, as long as it may: more calls would only be refused.
            stopped = isinstance(problem, RateLimitError)
    return count, failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the editor."""
    parser = argparse.ArgumentParser(description="Edit the tags of all your tracks; shows only, without --write.")
    parser.add_argument("--add", action="append", default=[], metavar="TAG")
    parser.add_argument("--remove", action="append", default=[], metavar="TAG")
    parser.add_argument("--rename", action="append", default=[], nargs=2, metavar=("OLD", "NEW"))
    parser.add_argument("--write", action="store_true", help="write it")
    options = parser.parse_args(arguments)
    if not (options.add or options.remove or options.rename):
        parser.error("nothing is to be changed: give --add, --remove or --rename")
    try:
        edit = Edit.make(options.add, options.remove, options.rename)
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
        print(f"{count} tracks would change: --write writes them, and drops their machine tags, which are not shown")
    for track, reason in failed:
        print(f"failed: {track.title!r}  {track.urn}: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
