"""A Griffe extension that rewrites our docstrings to what the reference can show: sections, code and links."""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)
_SOURCE = re.compile(r"^Source:\n    (https://\S+)$", re.MULTILINE)
_PAGE = re.compile(r"\bdocs/([\w-]+\.md(?:#[\w-]+)?)")


class DocstringRewriter(griffe.Extension):
    """Rewrites docstrings as they are loaded: `Example:` is a section of Google's style, pages and sources are links."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            text = _EXAMPLE.sub("Examples:", obj.docstring.value)
            text = _SOURCE.sub(r"[SoundCloud's documentation](\1)", text)
            obj.docstring.value = _PAGE.sub(r"[docs/\1](../\1)", text)
