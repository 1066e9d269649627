"""Small readings of text: permalinks, tags, words to search for, dates as SoundCloud writes them."""

import re
import unicodedata
from datetime import UTC, datetime

PICTURES = "https://i1.sndcdn.com/"
"""Where the addresses of pictures begin in the data; read back, they begin with the sandbox's own origin."""

_TAG = re.compile(r'"([^"]*)"|(\S+)')
_MACHINE_TAG = re.compile(r"\w+:\w+=", re.ASCII)


def fold(text: str) -> str:
    """Take away case and accents, so that texts can be compared."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def slugify(text: str) -> str:
    """Make a permalink of a title: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:100] or "untitled"


def is_machine_tag(tag: str) -> bool:
    """Tell a machine tag (`geo:lat=43.5`) from one that people see."""
    return _MACHINE_TAG.match(tag) is not None


def split_tags(tag_list: str) -> list[str]:
    """Read a list of tags: separated by spaces, those of several words in double quotes."""
    return [quoted or plain for quoted, plain in _TAG.findall(tag_list) if quoted or plain]


def visible_tag_list(tag_list: str) -> str:
    """Write a list of tags the way it is read back: without machine tags."""
    tags = [tag for tag in split_tags(tag_list) if not is_machine_tag(tag)]
    return " ".join(f'"{tag}"' if " " in tag else tag for tag in tags)


def build_tag_index(tag_list: str) -> str:
    """Write tags so that a whole one is found as `|tag|`."""
    return "".join(f"|{fold(tag)}" for tag in split_tags(tag_list)) + "|"


def build_search_text(*parts: str | None) -> str:
    """Put together what a search looks through."""
    return fold(" ".join(part for part in parts if part))


def format_timestamp(seconds: int) -> str:
    """Write a time the way SoundCloud does: `2019/01/15 15:40:49 +0000`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y/%m/%d %H:%M:%S +0000")
