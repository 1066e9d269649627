"""What scripts of the site may read of SoundCloud, through the server and with the person's token: an allow list."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from soundcloud.errors import InvalidInputError
from soundcloud_api.operations import OPERATIONS
from soundcloud_api.types import Operation

_READABLE = {operation.path: operation for operation in OPERATIONS.values() if operation.method == "GET"}
# They answer with a redirect, to the API or to sound: nothing that a script here could follow.
_REDIRECTS = {"/resolve", "/tracks/{track_urn}/preview"}
_NAME = re.compile(r"\{(\w+)\}")
_VALUE = r"[A-Za-z0-9:_-]{1,200}"
# Who asks is the server's business.
_NOT_FORWARDED = {"access_token", "client_id", "client_secret", "oauth_token"}


class AllowList:
    """The paths that may be read.

    Args:
        paths: Paths of SoundCloud's document, such as `/tracks/{track_urn}`.

    Raises:
        InvalidInputError: A path is none that can be read.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Check the paths."""
        if isinstance(paths, str):
            raise InvalidInputError(f"api={paths!r}: give a list of paths")
        self._patterns: dict[str, re.Pattern[str]] = {}
        for path in paths:
            if path not in _READABLE or path in _REDIRECTS:
                near = [known for known in sorted(_READABLE) if known.split("/")[1:2] == path.split("/")[1:2]]
                raise InvalidInputError(
                    f"api: {path!r} is no path that can be read through the server",
                    hint=f"write it as SoundCloud's document does: {', '.join(near or sorted(_READABLE)[:3])}",
                )
            self._patterns[path] = re.compile(_NAME.sub(rf"(?P<\1>{_VALUE})", path), re.ASCII)

    def operation(self, path: str, query: Iterable[tuple[str, str]]) -> Operation[Any] | None:
        """Describe the request for a path.

        Args:
            path: What was asked for, such as `/tracks/soundcloud:tracks:1`.
            query: The names and values of the query; of a repeated name the last value is sent.

        Returns:
            The operation; None where the path is not on the list.
        """
        for template, pattern in self._patterns.items():
            if found := pattern.fullmatch(path):
                values = {name: value for name, value in query if name not in _NOT_FORWARDED}
                known = _READABLE[template]
                return Operation(known.id, "GET", template, {200: Any}, path=found.groupdict(), query=values)
        return None

    def localized(self, data: Any, prefix: str) -> Any:
        """Make a page's link to the next one lead through the server too; None where that is not on the list.

        Args:
            data: What SoundCloud answered.
            prefix: The path of the proxy.
        """
        if not isinstance(data, dict) or "next_href" not in data:
            return cast("Any", data)
        page = cast("dict[str, Any]", data)
        return page | {"next_href": self._local(page["next_href"], prefix)}

    def _local(self, address: Any, prefix: str) -> str | None:
        if not isinstance(address, str):
            return None
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        query = parse_qsl(parts.query, keep_blank_values=True)
        operation = self.operation(parts.path, query)
        return None if operation is None else f"{prefix}{parts.path}?{_text(operation.query)}"


def _text(query: Mapping[str, Any]) -> str:
    return urlencode(query, safe=":,")
