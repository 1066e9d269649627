"""Makes text from a server safe to show: no control characters, no bidirectional controls, no halves of surrogate pairs.

A terminal obeys control characters, U+0080 to U+009F included. Bidirectional controls change the order in which text is shown
(Unicode Standard Annex 9), so that it seems to say something else. Half a surrogate pair cannot be encoded as UTF-8.
"""

import re

_JOINERS = "\u200c\u200d"
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


def to_printable(text: str) -> str:
    """Return a text as one line without characters that are not printable: a title may contain terminal escape sequences."""
    if text.isprintable():
        return text
    shown = (letter if letter.isprintable() or letter in _JOINERS else " " for letter in text)
    return " ".join("".join(shown).split())


def escape_unsafe(text: str) -> str:
    r"""Return a text with `\u` escapes in place of unsafe characters; line feeds and tabs are kept.

    The result for a JSON document is the same document: there the characters can be in strings only.
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def replace_surrogates(text: str) -> str:
    """Return a text with U+FFFD in place of each half of a surrogate pair, so that it can be encoded."""
    return _SURROGATE.sub("\ufffd", text)
