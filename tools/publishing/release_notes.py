"""Writes the release notes of a version: its section of CHANGELOG.md, with links to the tag's files.

    python -m tools.publishing.release_notes v1.2.3 [--output FILE]

Exit status: 0 written, 2 the changelog has no section for the version, or an empty one.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.publishing.repository_files import ROOT, repository

OUTPUT = ROOT / "build" / "release-notes.md"


class NotesError(Exception):
    """The changelog has no notes for the version."""


def notes_of(changelog: str, tag: str, repository_url: str = "") -> str:
    """Return the section of a tag's version, without its heading.

    Args:
        changelog: The content of CHANGELOG.md.
        tag: The tag, such as `v1.2.3`.
        repository_url: The URL of the repository; if it is given, relative links lead to the tag's files.

    Raises:
        NotesError: There is no section for the version, or it is empty.
    """
    version = tag.removeprefix("v")
    found = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None:
        raise NotesError(f"CHANGELOG.md has no section {version!r}: rename its section 'Unreleased'")
    notes = found[1].strip()
    if not notes:
        raise NotesError(f"the section {version!r} of CHANGELOG.md is empty: list the changes")
    if repository_url:
        notes = re.sub(r"\]\((?!https?://|#)([^)]+)\)", rf"]({repository_url}/blob/{tag}/\1)", notes)
    return f"{notes}\n"


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.publishing.release_notes", description="Write the release notes of a version."
    )
    parser.add_argument("tag", help="the tag, such as v1.2.3")
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
        notes = notes_of(changelog, options.tag, repository(root))
    except NotesError as error:
        print(f"release_notes: {error}", file=sys.stderr)
        return 2
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(notes, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
