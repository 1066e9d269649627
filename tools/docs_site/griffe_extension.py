"""Lets the reference show our docstrings' `Example:` and `Source:` as code and as a link; a Griffe extension."""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)
_SOURCE = re.compile(r"^Source:\n    (https://\S+)$", re.MULTILINE)


class DocstringWords(griffe.Extension):
    """Rewrites docstrings, as they are loaded, to what the parser of Google's style knows."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            text = _EXAMPLE.sub("Examples:", obj.docstring.value)
            obj.docstring.value = _SOURCE.sub(r"[In SoundCloud's own documentation](\1)", text)
