"""The options of a single call: headers and query parameters beyond those of its method."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

import attrs

from soundcloud._protocol.http.headers import check_extra_headers
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.urls import encode_query
from soundcloud._protocol.masking import is_secret_name
from soundcloud._protocol.secrets import Secret
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError
from soundcloud.options import RequestOptions

_NAMES = RequestOptions.__optional_keys__
_SECRET_NAMES = frozenset({"access_token", "client_secret", "oauth_token", "refresh_token"})


def read_headers(name: str, headers: object) -> dict[str, str]:
    """Check headers that a caller adds, and return them with a masked `repr`.

    Raises:
        InvalidInputError: They are not a dict, or hold a header that the client sets itself.
    """
    given = _mapping(name, headers)
    check_extra_headers(given)
    if len({header.lower() for header in given}) < len(given):
        raise InvalidInputError(f"{name} has a header twice, in upper and lower case: pass it once")
    return {header: Secret(value) for header, value in given.items()}


def read_options(options: RequestOptions) -> tuple[dict[str, str], dict[str, Any]]:
    """Check the options of a call, and return the headers and the query parameters.

    Raises:
        TypeError: There is no such option.
        InvalidInputError: An option is not a dict, or holds a name that the client sets itself.
    """
    for name in options:
        if name not in _NAMES:
            raise TypeError(f"unexpected keyword argument {name!r}: neither an argument of this method nor an option")
    query = _mapping("extra_query", options.get("extra_query"))
    for name, value in query.items():
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"extra_query: {name!r} is not the name of a parameter")
        if name.lower() in _SECRET_NAMES:
            raise InvalidInputError(f"extra_query: a URL must not hold {name}: pass token= instead")
        items = cast("list[Any]", value) if isinstance(value, list | tuple) else [] if value is None else [value]
        if not all(isinstance(item, str | int) or (isinstance(item, float) and isfinite(item)) for item in items):
            shown = "***" if is_secret_name(name) else repr_value(value)
            raise InvalidInputError(
                f"extra_query: {name}={shown}: pass a string, a number, a boolean, or a list of these"
            )
    return read_headers("extra_headers", options.get("extra_headers")), query


def apply_options(request: Request, options: RequestOptions) -> Request:
    """Return a request with the headers and the query parameters of the options of a call."""
    headers, query = read_options(options)
    url, _, old = request.url.partition("?")
    query = {name: value for name, value in query.items() if value is not None}
    kept = [part for part in old.split("&") if part and part.partition("=")[0] not in query]
    parts = [*kept, encode_query(query)] if query else kept
    url = f"{url}?{'&'.join(parts)}" if parts else url
    return attrs.evolve(request, url=url, headers=merge_headers(request.headers, headers))


def merge_headers(headers: Mapping[str, str], added: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers and others that replace those of the same name, in any case."""
    if not headers or not added:
        return added or headers
    names = {name.lower() for name in added}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **added}


def with_default_headers(request: Request, headers: Mapping[str, str]) -> Request:
    """Return a request with the default headers of the client, if it goes to the API; those of the request win."""
    if not headers or request.origin is not None or not request.authorize:
        return request
    return attrs.evolve(request, headers=merge_headers(headers, request.headers))


def _mapping(name: str, value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidInputError(f"{name} is of type {type(value).__name__}: pass a dict of names and values")
    return dict(cast("Mapping[str, Any]", value))
