"""Masks the secrets of a request in a response that repeats them."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.secrets import masked
from soundcloud.errors import SoundCloudError
from soundcloud_api.imports import lazy_module

if TYPE_CHECKING:
    import html
else:
    html = lazy_module("html")

E = TypeVar("E", bound=SoundCloudError)

_MASK = "***"
_NAMES = frozenset(
    {"access_token", "client_secret", "code", "code_verifier", "oauth_token", "refresh_token", "secret_token"}
)
_ISSUED = re.compile(r"""(["']?(?:access|refresh)_token["']?\s*[:=]\s*["']?)[^"'&,\s}<]+""", re.IGNORECASE)
_UNRESERVED = re.compile(r"[\w.~-]*", re.ASCII)  # looks the same in a URL, in JSON and in HTML (RFC 3986, section 2.3)
_SHORT = 8
"""A secret with fewer characters is masked only where it is a whole word: it may be a part of an ordinary one."""


class Masker:
    """Replaces secrets in strings, bytes and errors.

    Args:
        secrets: The secrets.
    """

    __slots__ = ("_long", "_short")

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if secret for form in _forms(str(secret))}
        ordered = sorted(forms, key=len, reverse=True)
        self._long = [form for form in ordered if len(form) >= _SHORT]
        self._short = [form for form in ordered if len(form) < _SHORT]

    def text(self, text: str) -> str:
        """Return a string with a mask in the place of each secret."""
        for form in self._long:
            text = text.replace(form, _MASK)
        for form in self._short:
            if form in text:
                text = re.sub(rf"(?<![\w-]){re.escape(form)}(?![\w-])", _MASK, text)
        return text

    def content(self, content: bytes) -> bytes:
        """Return a body with a mask in the place of each secret."""
        return self.text(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def value(self, value: Any) -> Any:
        """Return a string, bytes, tuple or dict with its strings masked, and any other value as it is."""
        match value:
            case str():
                return self.text(value)
            case bytes():
                return self.content(value)
            case tuple():
                return tuple(map(self.value, cast("tuple[Any, ...]", value)))
            case dict():
                return {name: self.value(item) for name, item in cast("dict[str, Any]", value).items()}
            case _:
                return value

    def error(self, error: E) -> E:
        """Mask the attributes of an error that come from the response, and drop the frames that hold the response."""
        for name in ("message", "code", "errors", "link", "request_id", "body"):
            setattr(error, name, self.value(getattr(error, name)))
        error.args = self.value(error.args)
        return error.with_traceback(None)


def masker_for(request: Request | None, token: str | None = None) -> Masker:
    """Return a masker of the secrets that a request carried.

    Args:
        request: The request.
        token: The access token that was sent with it.
    """
    if request is None:
        return Masker([token] if token else [])
    secrets = [token, request.token, *_values(request.form), *_values(request.json)]
    if "?" in request.url:
        secrets += [value for name, value in parse_qsl(urlsplit(request.url).query) if name in _NAMES]
    for name, value in request.headers.items():
        if name.lower() == "authorization":
            scheme, _, credentials = value.partition(" ")
            secrets.append(credentials or scheme)
            if scheme.lower() == "basic":
                secrets.append(_password(credentials))
    return Masker(secret for secret in secrets if secret)


def mask_secrets(given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """Mask the tokens and the added headers among the arguments of a method, so that no frame of a traceback shows them.

    Returns:
        The positional arguments, in which a path with the secret of a share link is masked. `named` is changed in place.
    """
    for name in ("token", "secret_token"):
        if name in named:
            named[name] = masked(named[name])
    if _has_secret(named.get("path")):
        named["path"] = masked(named["path"])
    for name in ("headers", "extra_headers", "extra_query"):
        values = named.get(name)
        if isinstance(values, dict):
            items = cast("dict[Any, Any]", values).items()
            named[name] = {
                key: masked(value) if name != "extra_query" or is_secret_name(str(key)) else value
                for key, value in items
            }
    return tuple(masked(value) if _has_secret(value) else value for value in given)


def _has_secret(value: Any) -> bool:
    return isinstance(value, str) and "secret_token=" in value


def is_secret_name(name: str) -> bool:
    """Return whether a field or a parameter of this name holds a secret."""
    return name in _NAMES


def mask_issued_tokens(text: str) -> str:
    """Mask the values of tokens in a string that is a part of a token endpoint's response."""
    return _ISSUED.sub(rf"\1{_MASK}", text) if "_token" in text else text


def _values(fields: Any) -> list[str]:
    if fields is None or not isinstance(fields, Mapping):
        return []
    items = cast("Mapping[str, Any]", fields).items()
    return [value for name, value in items if name in _NAMES and isinstance(value, str)]


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials).decode().partition(":")[2]
    except ValueError:
        return ""


def _forms(secret: str) -> set[str]:
    """Return a secret as it may be repeated: as it is, in a URL, in JSON or in HTML."""
    if _UNRESERVED.fullmatch(secret):
        return {secret}
    escaped = json.dumps(secret)[1:-1]
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        escaped,
        escaped.replace("/", "\\/"),
        html.escape(secret),
    }
