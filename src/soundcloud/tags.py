"""Parses and writes SoundCloud's tag lists.

| format | used by | example |
| --- | --- | --- |
| separated by spaces, multi-word tags in double quotes | tracks | `lofi "hip hop" geo:city=Berlin` |
| separated by commas | playlists, according to the document | `lofi, hip hop` |
"""

import re
from collections.abc import Iterable
from typing import Any, Self

from soundcloud.errors import InvalidInputError

_MACHINE = re.compile(r"([^\s:=\"]+):([^\s:=\"]+)=(.+)")
# Only the value of a machine tag may be quoted. After a quote that is never closed, the rest is one tag.
_SPACED = re.compile(r'([^\s":=]+:[^\s":=]+=)"([^"]*)"|"([^"]*)"?|([^\s"]+)')
_BETWEEN_COMMAS = re.compile(r'(?:"[^"]*(?:"|$)|[^,"])+')


class MachineTag(str):
    """A machine tag, `NAMESPACE:KEY=VALUE`: a string with the properties `namespace`, `key` and `value`.

    Raises:
        InvalidInputError: The string is not a `NAMESPACE:KEY=VALUE`.

    Example:
        >>> tag = MachineTag("geo:city=New York")
        >>> tag.namespace, tag.key, tag.value
        ('geo', 'city', 'New York')
    """

    __slots__ = ()

    def __new__(cls, tag: str) -> Self:
        """Check the format."""
        if not isinstance(tag, str) or not _MACHINE.fullmatch(tag):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"{tag!r} is not a machine tag: use NAMESPACE:KEY=VALUE, for example geo:city=Berlin"
            )
        return super().__new__(cls, tag)

    @property
    def namespace(self) -> str:
        """The part before the colon."""
        return self.partition(":")[0]

    @property
    def key(self) -> str:
        """The part between the colon and the equals sign."""
        return self.partition(":")[2].partition("=")[0]

    @property
    def value(self) -> str:
        """The part after the equals sign."""
        return self.partition("=")[2]

    def __repr__(self) -> str:
        return f"MachineTag({str(self)!r})"


class Tags(tuple[str, ...]):
    """The tags of a track or playlist as a tuple of strings.

    Order and duplicates are kept; whitespace inside a tag becomes one space. `str(tags)` is the `tag_list` of a track.

    Since 28 October 2026 SoundCloud does not return machine tags: `track.tag_list` lacks them. A program that reads the
    tags, changes one and writes them back removes the machine tags of the track. Store the machine tags yourself and add
    them to each write: `Tags(dict.fromkeys([*Tags.parse(track.tag_list), "new", *machine_tags]))`.

    Args:
        tags: The tags, one string each, without double quotes.

    Raises:
        InvalidInputError: A tag is empty, is not a string, or contains a double quote, which a tag list cannot express.

    Example:
        >>> tags = Tags.parse('lofi "hip hop" geo:city=Berlin')
        >>> list(tags), tags.machine_tags[0].value
        (['lofi', 'hip hop', 'geo:city=Berlin'], 'Berlin')
        >>> str(Tags([*tags, "late night"]))
        'lofi "hip hop" geo:city=Berlin "late night"'

    Source:
        https://github.com/soundcloud/api/releases/tag/2026-10-28
    """

    __slots__ = ()

    def __new__(cls, tags: Iterable[str] = ()) -> Self:
        """Check every tag."""
        if isinstance(tags, str):
            raise InvalidInputError("Tags takes a list of tags: use Tags.parse() for a tag list in one string")
        if not isinstance(tags, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"Tags takes a list of tags, not {type(tags).__name__}")
        return super().__new__(cls, [_checked(tag) for tag in tags])

    @classmethod
    def parse(cls, text: str | None, *, commas: bool | None = None) -> Self:
        """Return the tags of a tag list of SoundCloud in either format, without double quotes.

        Args:
            text: A `tag_list`; None and an empty string have no tags.
            commas: Whether commas separate the tags; default None, to detect this. Commas separate the tags if a word begins or
                ends with a comma, or if the only word contains one.

        Raises:
            InvalidInputError: `text` is not a string.
        """
        if text is None:
            return cls()
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"a tag list is a string, not {type(text).__name__}")
        spaced = _SPACED.findall(text)
        if commas is None:
            words = [plain for _, _, _, plain in spaced if not _MACHINE.fullmatch(plain)]
            commas = any(word.strip(",") != word for word in words) or (len(spaced) == 1 and "," in "".join(words))
        if commas:
            found = [part.replace('"', "") for part in _BETWEEN_COMMAS.findall(text)]
        else:
            found = [start + value if start else quoted or plain for start, value, quoted, plain in spaced]
        return cls(tag for tag in found if tag.strip())

    @property
    def machine_tags(self) -> tuple[MachineTag, ...]:
        """The machine tags."""
        return tuple(MachineTag(tag) for tag in self if _MACHINE.fullmatch(tag))

    def with_commas(self) -> str:
        """Return a comma-separated tag list, which the document describes for playlists.

        Raises:
            InvalidInputError: A tag contains a comma.
        """
        for tag in self:
            if "," in tag:
                raise InvalidInputError(
                    f"the tag {tag!r} contains a comma, which separates the tags of this list: remove it"
                )
        return ", ".join(self)

    def __str__(self) -> str:
        """Return the `tag_list` of a track: separated by spaces, with multi-word tags in double quotes."""
        return " ".join(f'"{tag}"' if " " in tag or "," in tag else tag for tag in self)

    def __repr__(self) -> str:
        return f"Tags({list(self)!r})"


def _checked(tag: Any) -> str:
    """Return a tag with its whitespace normalized."""
    if not isinstance(tag, str):
        raise InvalidInputError(f"a tag is a string, not {type(tag).__name__}")
    words = " ".join(tag.split())
    if not words:
        raise InvalidInputError("a tag is empty")
    if '"' in words:
        raise InvalidInputError(
            f"the tag {words!r} contains a double quote, which a tag list cannot express: remove it"
        )
    return words
