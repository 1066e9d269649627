"""URLs: origins, path templates and queries, checked and encoded."""

import re
from collections.abc import Mapping
from datetime import date
from ipaddress import ip_address
from numbers import Number
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from soundcloud.errors import InvalidInputError
from soundcloud_api.types import redact

WEB = "https://soundcloud.com"
_SAFE = ":,"  # SoundCloud shows the colons of URNs and the commas of lists unescaped
_RESERVED = "%/:?#[]@!$&'()*+,;=~"


def check_origin_url(name: str, url: str, *, gets_tokens: bool = True) -> str:
    """Check the URL of a server and return it without a trailing slash. To get tokens, it needs https or the loopback interface.

    Raises:
        InvalidInputError: It is not a URL, holds a query or credentials, or would send tokens over plain http.
    """
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{name}={url!r} is not a URL: pass one such as https://api.soundcloud.com")
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        reason = "" if "@" in url else f": {error}"  # the reason may contain a part of the password
        raise InvalidInputError(f"{name}={_without_credentials(url)!r} is not a URL{reason}") from None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or "@" in parts.netloc:
        shown = _without_credentials(url)
        raise InvalidInputError(
            f"{name}={shown!r} is not the URL of a server: pass one such as https://api.soundcloud.com"
        )
    if gets_tokens and parts.scheme == "http" and not is_loopback(host):
        raise InvalidInputError(f"{name}={url!r} would send tokens over plain http: use https")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _without_credentials(url: str) -> str:
    return re.sub(r"\?.*", "?***", re.sub(r"(?<=//).*@", "***@", url), flags=re.DOTALL)


def is_soundcloud(host: str) -> bool:
    """Return whether a host is soundcloud.com or one of its subdomains."""
    return host == "soundcloud.com" or host.endswith(".soundcloud.com")


def with_scheme(url: str) -> str:
    """Return a URL of soundcloud.com that lacks its scheme with `https://`; any other string as it is."""
    return f"https://{url}" if "://" not in url and is_soundcloud(url.partition("/")[0].lower()) else url


def is_loopback(host: str) -> bool:
    """Return whether a host is the loopback interface."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def path_value(name: str, value: object) -> str:
    """Quote a value of a path template; it stays one segment whatever it holds."""
    try:
        text = _text(name, value)
        quoted = quote(text, safe=_SAFE)
    except InvalidInputError:
        raise
    except ValueError:  # a lone surrogate, or an integer beyond the limit of str()
        raise InvalidInputError(f"{name} holds a character or a number that a URL cannot carry") from None
    if not text or text in {".", ".."}:
        raise InvalidInputError(f"{name}={text!r} cannot be part of a path")
    return quoted


def encode_query(query: Mapping[str, Any]) -> str:
    """Encode a query: booleans in lower case, None left out, lists as one comma-separated value."""
    try:
        texts = {name: _query_value(name, value) for name, value in query.items() if value is not None}
        return urlencode(texts, quote_via=quote, safe=_SAFE)
    except InvalidInputError:
        raise
    except ValueError:  # as in path_value
        raise InvalidInputError("the query holds a character or a number that a URL cannot carry") from None


def _query_value(name: str, value: Any) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(_query_value(name, item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return _text(name, value)


def _text(name: str, value: object) -> str:
    """Return a string, a number or a date as a string."""
    if not isinstance(value, str | Number | date):
        raise InvalidInputError(f"{name} is of type {type(value).__name__}: pass a string or a number")
    return str(value)


def check_path(path: str, parameters: Mapping[str, Any]) -> None:
    """Check that a path template is one of the API, and that its braces have values.

    Raises:
        InvalidInputError: It is not.
    """
    if not isinstance(path, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"path={path!r} is not a path of the API: pass one such as /tracks/{{id}}")
    if (
        not path.startswith("/")
        or path.startswith("//")
        or not path.isascii()
        or any(ord(letter) <= 32 for letter in path)
        or "#" in path
        or ".." in path
    ):
        path = redact(str(path))  # a plain string again, which shows the path without its secrets
        raise InvalidInputError(f"path={path!r} is not a path of the API: pass one such as /tracks/{{id}}")
    for piece in path.partition("?")[0].split("{")[1:]:
        name, brace, _ = piece.partition("}")
        if not brace or name not in parameters:
            raise InvalidInputError(
                f"path={redact(str(path))!r} needs a value for {{{name}}}: pass it as {{{name!r}: ...}}"
            )


def fill_template(base_url: str, path: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    """Fill a path template and return the URL and the path; parameters that it does not name go to the query."""
    check_path(path, parameters)
    template, _, query = path.partition("?")
    pieces = template.split("{")
    filled, names = pieces[0], set[str]()
    for piece in pieces[1:]:
        name, _, after = piece.partition("}")
        filled += path_value(name, parameters[name]) + after
        names.add(name)
    rest = {name: value for name, value in parameters.items() if name not in names}
    query = "&".join(part for part in (query, encode_query(rest)) if part)
    return (f"{base_url}{filled}?{query}" if query else base_url + filled), filled


def encode_url(url: str) -> str:
    """Escape what is not ASCII in a URL that is about to be sent; refuse what would end the request line.

    The fragment is left out: it is for the client alone (RFC 9110, section 7.1).
    """
    url = url.partition("#")[0]
    if not url.isascii():
        try:
            url = quote(url, safe=_RESERVED)
        except UnicodeEncodeError:
            raise InvalidInputError("the URL holds half a surrogate pair, which cannot be sent") from None
    if not url.isprintable() or " " in url:
        raise InvalidInputError("the URL holds a line break or a space, which cannot be sent")
    return url
