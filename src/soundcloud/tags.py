"""Tags: SoundCloud's lists of them, read and written.

| form | where | example |
| --- | --- | --- |
| separated by blanks, several words in double quotes | tracks | `lofi "hip hop" geo:city=Berlin` |
| separated by commas | playlists, as the document has it | `lofi, hip hop` |
"""

import re
from collections.abc import Iterable
from typing import Any, Self

from soundcloud.errors import InvalidInputError

_MACHINE = re.compile(r"([^\s:=\"]+):([^\s:=\"]+)=(.+)")
# The value of a machine tag may be in quotes by itself; of a quote that is never closed the rest is one tag.
_SPACED = re.compile(r'([^\s":=]+:[^\s":=]+=)"([^"]*)"|"([^"]*)"?|([^\s"]+)')
_BETWEEN_COMMAS = re.compile(r'(?:"[^"]*(?:"|$)|[^,"])+')


class MachineTag(str):
    """A tag for programs, `NAMESPACE:KEY=VALUE`; a string in every respect.

    Example:
        >>> tag = MachineTag("geo:city=New York")
        >>> tag.namespace, tag.key, tag.value
        ('geo', 'city', 'New York')
    """

    __slots__ = ()

    def __new__(cls, tag: str) -> Self:
        """Check the form.

        Raises:
            InvalidInputError: It is no `NAMESPACE:KEY=VALUE`.
        """
        if not isinstance(tag, str) or not _MACHINE.fullmatch(tag):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"{tag!r} is no machine tag: these look like geo:city=Berlin")
        return super().__new__(cls, tag)

    @property
    def namespace(self) -> str:
        """What stands before the colon."""
        return self.partition(":")[0]

    @property
    def key(self) -> str:
        """What stands between the colon and the equals sign."""
        return self.partition(":")[2].partition("=")[0]

    @property
    def value(self) -> str:
        """What stands after the equals sign."""
        return self.partition("=")[2]

    def __repr__(self) -> str:
        return f"MachineTag({str(self)!r})"


class Tags(tuple[str, ...]):
    """The tags of a track or playlist: a tuple of texts that SoundCloud's list of tags is made of.

    Order and duplicates are kept; blanks inside a tag become one space. `str(tags)` is what the `tag_list` of a track takes.

    Since 28 October 2026 SoundCloud does not give machine tags back: `track.tag_list` is without them, and whoever reads the
    tags, changes one and writes them loses the machine tags of the track. Keep them in a place of your own, and add them
    whenever you write: `Tags(dict.fromkeys([*Tags.parse(track.tag_list), "new", *kept]))`.

    Args:
        tags: The tags, one text each, without double quotes.

    Raises:
        InvalidInputError: A tag is empty, no text, or holds a double quote, which SoundCloud's list cannot express.

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
            raise InvalidInputError("Tags takes the tags one by one; a list in one text is read by Tags.parse(text)")
        return super().__new__(cls, [_checked(tag) for tag in tags])

    @classmethod
    def parse(cls, text: str | None, *, commas: bool | None = None) -> Self:
        """Read a list of tags. Whatever SoundCloud sends can be read.

        Args:
            text: A `tag_list`; None and an empty text hold no tag.
            commas: Whether commas separate the tags. When not given: where one begins or ends a word, or stands in the only
                word that there is; one in the middle of a word among others is part of a tag.

        Returns:
            The tags. Double quotes are not part of them.

        Raises:
            InvalidInputError: It is no text.
        """
        if text is None:
            return cls()
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"a list of tags is one text, not {type(text).__name__}")
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
        """The tags for programs among them."""
        return tuple(MachineTag(tag) for tag in self if _MACHINE.fullmatch(tag))

    def with_commas(self) -> str:
        """Write them with commas in between, as the document describes the `tag_list` of a playlist.

        Returns:
            The list; `Tags.parse(text, commas=True)` reads it.

        Raises:
            InvalidInputError: A tag holds a comma.
        """
        for tag in self:
            if "," in tag:
                raise InvalidInputError(f"the tag {tag!r} holds a comma, and commas separate the tags of this list")
        return ", ".join(self)

    def __str__(self) -> str:
        """Write them with spaces in between, several words in double quotes: the `tag_list` of a track."""
        return " ".join(f'"{tag}"' if " " in tag or "," in tag else tag for tag in self)

    def __repr__(self) -> str:
        return f"Tags({list(self)!r})"


def _checked(tag: Any) -> str:
    """A tag as it can be written."""
    if not isinstance(tag, str):
        raise InvalidInputError(f"a tag is a text, not {type(tag).__name__}")
    words = " ".join(tag.split())
    if not words:
        raise InvalidInputError("a tag is empty")
    if '"' in words:
        raise InvalidInputError(
            f"the tag {words!r} holds a double quote, which a list of tags cannot express; leave it out"
        )
    return words
