"""String functions: permalinks, tags, search text and timestamps."""

import re
import unicodedata
from collections.abc import Container
from datetime import UTC, datetime

# The prefix of picture URLs in the database; the serializer replaces it by the sandbox's origin.
PICTURES = "https://i1.sndcdn.com/"

_TAG = re.compile(r'"([^"]*)"|(\S+)')
# Such as `geo:lat=43.5`.
_MACHINE_TAG = re.compile(r"\w+:\w+=", re.ASCII)


def fold(string: str) -> str:
    """Return a string without case and accents, for comparison."""
    plain = unicodedata.normalize("NFKD", string)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def slugify(title: str) -> str:
    """Return the permalink of a title: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:100] or "untitled"


def unique_name(wanted: str, taken: Container[str]) -> str:
    """Return a name that is not taken, with a number appended if needed."""
    name, attempt = wanted, 1
    while name in taken:
        attempt += 1
        name = f"{wanted}-{attempt}"
    return name


def split_tags(tag_list: str) -> list[str]:
    """Return the tags of a tag list: separated by spaces, tags with spaces in double quotes."""
    return [quoted or plain for quoted, plain in _TAG.findall(tag_list) if quoted or plain]


def visible_tag_list(tag_list: str) -> str:
    """Return a tag list without machine tags, as SoundCloud returns it."""
    tags = [tag for tag in split_tags(tag_list) if not _MACHINE_TAG.match(tag)]
    return " ".join(f'"{tag}"' if " " in tag else tag for tag in tags)


def build_tag_index(tag_list: str) -> str:
    """Return the search index of a tag list, in which `|tag|` finds a whole tag."""
    return "".join(f"|{fold(tag)}" for tag in split_tags(tag_list)) + "|"


def build_search_text(*parts: str | None) -> str:
    """Return the folded text in which searches look."""
    return fold(" ".join(part for part in parts if part))


def format_timestamp(seconds: int) -> str:
    """Return a Unix time in SoundCloud's format: `2019/01/15 15:40:49 +0000`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y/%m/%d %H:%M:%S +0000")
