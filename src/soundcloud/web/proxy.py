"""The allow lists of API paths that scripts of the site may read with the user's or the app's token."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from soundcloud._checks import check_strings
from soundcloud._protocol.announced.entries import ANNOUNCED
from soundcloud.errors import InvalidInputError
from soundcloud_api.operations import OPERATIONS
from soundcloud_api.types import Operation

# The ids of the operations by their path templates: the documented ones, and those that SoundCloud has only announced.
_READABLE = {
    entry.operation.removeprefix("GET "): entry.id
    for entry in ANNOUNCED
    if entry.operation.startswith("GET ") and not entry.along
} | {operation.path: operation.id for operation in OPERATIONS.values() if operation.method == "GET"}
# They redirect to the API or to audio, which a script of the site cannot follow.
_REDIRECTS = {"/resolve", "/tracks/{track_urn}/preview"}
_PARAMETER = re.compile(r"\{(\w+)\}")
_VALUE = r"[A-Za-z0-9:_-]{1,200}"
# The server adds the credentials.
_NOT_FORWARDED = {"access_token", "client_id", "client_secret", "oauth_token"}


class AllowList:
    """The paths that scripts may read: path templates, such as `/tracks/{track_urn}`, as documented or announced.

    Args:
        paths: The paths.
        setting: The setting that lists the paths, for errors; default `api`.
        hidden: Parameters of a query that are not sent to SoundCloud.
    """

    def __init__(self, paths: Iterable[str], *, setting: str = "api", hidden: Iterable[str] = ()) -> None:
        self._hidden = _NOT_FORWARDED | {*hidden}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for path in check_strings(setting, paths, "paths"):
            if path not in _READABLE or path in _REDIRECTS:
                known = sorted(_READABLE.keys() - _REDIRECTS)
                similar = [each for each in known if each.split("/")[1:2] == path.split("/")[1:2]]
                reason = ": SoundCloud answers it with a redirect" if path in _REDIRECTS else ""
                raise InvalidInputError(
                    f"{setting}: {path!r} is not a path that the server can read{reason}",
                    hint=f"use a path template of the OpenAPI document: {', '.join(similar or known[:3])}",
                )
            self._patterns[path] = re.compile(_PARAMETER.sub(rf"(?P<\1>{_VALUE})", path), re.ASCII)

    def __iter__(self) -> Iterator[str]:
        return iter(self._patterns)

    def operation(self, path: str, query: Iterable[tuple[str, str]]) -> Operation[Any] | None:
        """Return the operation for a path, or None if it is not allowed. Of a repeated name in the query the last value is sent."""
        for template, pattern in self._patterns.items():
            if found := pattern.fullmatch(path):
                values = {name: value for name, value in query if name not in self._hidden}
                return Operation(_READABLE[template], "GET", template, {200: Any}, path=found.groupdict(), query=values)
        return None

    def with_local_links(self, data: Any, prefix: str) -> Any:
        """Replace a page's link to the next page with one below `prefix`, or with None if it is not allowed."""
        if not isinstance(data, dict) or "next_href" not in data:
            return cast("Any", data)
        page = cast("dict[str, Any]", data)
        return page | {"next_href": self._local_link(page["next_href"], prefix)}

    def _local_link(self, url: Any, prefix: str) -> str | None:
        if not isinstance(url, str):
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        operation = self.operation(parts.path, parse_qsl(parts.query, keep_blank_values=True))
        return None if operation is None else f"{prefix}{parts.path}?{urlencode(operation.query, safe=':,')}"
