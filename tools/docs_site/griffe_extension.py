"""A Griffe extension that rewrites our docstrings to what the reference can show: sections, code and links."""

import re
from typing import Any

import griffe

from soundcloud_api.operations import OPERATIONS

_EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)
_SOURCE = re.compile(r"^Source:\n    (https://\S+)$", re.MULTILINE)
_PAGE = re.compile(r"\bdocs/([\w-]+\.md(?:#[\w-]+)?)")
_IMPLEMENTS = re.compile(r"implements\('(\w+)'")


def explorer_url(operation: str) -> str:
    """Return the URL of an operation in SoundCloud's explorer."""
    info = OPERATIONS[operation]
    place = re.sub(r"[/{}]", "_", info.method.lower() + info.path)
    return f"https://developers.soundcloud.com/docs/api/explorer/open-api#/{info.tag}/{place}"


class DocstringRewriter(griffe.Extension):
    """Rewrites docstrings as they are loaded: `Example:` is a section of Google's style, pages and sources are links."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one docstring; the source of a method that implements an operation is its entry in the explorer."""
        if obj.docstring is not None:
            text = obj.docstring.value
            marks = [_IMPLEMENTS.match(str(mark.value)) for mark in getattr(obj, "decorators", ())]
            if "\nSource:\n" not in text and (operation := next(filter(None, marks), None)):
                text += f"\n\nSource:\n    {explorer_url(operation[1])}"
            text = _EXAMPLE.sub("Examples:", text)
            text = _SOURCE.sub(r"[SoundCloud's documentation](\1)", text)
            obj.docstring.value = _PAGE.sub(r"[docs/\1](../\1)", text)
