"""An operation made ready to send: its URL, headers and body, still without any I/O."""

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from os import PathLike
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import attrs

from soundcloud.errors import InvalidInputError
from soundcloud_api.types import File, FormModel, Operation, redact

# What may stand in a path or a query as it is: SoundCloud shows the colons of URNs and the commas of lists unescaped.
_SAFE = ":,"
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FRAMING = frozenset({"host", "content-length", "transfer-encoding", "te", "trailer", "upgrade"})


class Secret(str):
    """A text that does not show itself by `repr`: a traceback with the variables of each frame shows no secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class SecretBytes(bytes):
    """Bytes that do not show themselves by `repr`, for what is written on the wire."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'***'"


def as_secret(token: str | None) -> str | None:
    """Check an access token, if there is one, and let it not show itself."""
    if token is None:
        return None
    if isinstance(token, str) and token:  # pyright: ignore[reportUnnecessaryIsInstance]
        return Secret(token)
    what = "is empty" if token == "" else f"is of type {type(token).__name__}"
    del token  # no frame of a traceback shows it
    raise InvalidInputError(f"token= {what}: give an access token, or leave it out to act with the client's own")


@attrs.define
class Request:
    """One request to send.

    Args:
        method: The HTTP method.
        url: The absolute URL.
        path: The path for messages and events, without query and values.
        operation: The id of the operation, or None outside the document.
        template: The path with its parameters in braces, or None outside the document.
        responses: How to read the reply, by status.
        token: The access token to send, or None for the client's own.
        authorize: Whether an access token is sent at all.
        json: A value for a JSON body.
        form: Fields of a multipart or, without files, of a URL-encoded form.
        headers: Further headers.
        on_progress: Told how many bytes of its files were sent, and how many there are.
        origin: Another server than the API and the sign-in host. It never sees a token.
        shareable: Whether its reply may be that of the same call under way, or come from the cache: reading calls of the
            namespaces, not raw ones and not links to the next page.
    """

    method: str
    url: str = attrs.field(repr=False, converter=Secret)
    path: str
    operation: str | None = None
    template: str | None = None
    responses: Mapping[int, Any] = attrs.field(factory=dict[int, Any], repr=False)
    token: str | None = attrs.field(default=None, repr=False, converter=as_secret)
    authorize: bool = True
    json: Any = attrs.field(default=None, repr=False)
    form: FormModel | Mapping[str, str] | None = attrs.field(default=None, repr=False)
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    origin: str | None = None
    shareable: bool = False
    on_progress: Callable[[int, int], object] | None = attrs.field(default=None, repr=False)

    @property
    def files(self) -> list[File]:
        """The files that it carries."""
        fields = self.form.fields().values() if isinstance(self.form, FormModel) else ()
        return [value for value in fields if isinstance(value, File)]

    @property
    def repeatable(self) -> bool:
        """Whether the body can be sent a second time: an open file cannot."""
        return self.form is None or all(isinstance(file.content, bytes | PathLike) for file in self.files)


@attrs.frozen
class Response:
    """One reply, as it came.

    Args:
        status: The HTTP status.
        headers: The headers, names in lower case.
        content: The body.
        token: The access token that the request carried, or None.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)
    token: str | None = attrs.field(default=None, repr=False)


def build_request(operation: Operation[Any], base_url: str, token: str | None) -> Request:
    """Make an operation ready to send.

    Args:
        operation: What to do.
        base_url: The API's origin, without a slash at the end.
        token: The access token to send, or None for the client's own.

    Returns:
        The request.

    Raises:
        InvalidInputError: A value of the path is empty.
    """
    path = operation.path_template
    for name, value in operation.path.items():
        path = path.replace("{" + name + "}", path_value(name, value))
    query = {name: value for name, value in operation.query.items() if value is not None}
    body = operation.body
    return Request(
        operation.method,
        f"{base_url}{path}?{query_text(query)}" if query else base_url + path,
        path,
        operation.id,
        operation.path_template,
        operation.responses,
        token,
        json=None if isinstance(body, FormModel) else body,
        form=body if isinstance(body, FormModel) else None,
        shareable=operation.method == "GET",
    )


def request_for_url(url: str, model: type[Any], *, template: str | None = None) -> Request:
    """Make a reading call to another server than the API: without a token, whatever the client has.

    Args:
        url: The absolute address, checked by whoever gives it.
        model: How to read the reply.
        template: The path as telemetry shows it, where it has a part that differs from call to call.

    Returns:
        The request.
    """
    parts = urlsplit(url)
    return Request(
        "GET",
        url,
        parts.path,
        template=template,
        responses={200: model},
        authorize=False,
        origin=f"{parts.scheme}://{parts.netloc}",
        shareable=True,
    )


def path_value(name: str, value: object) -> str:
    """Write one value of a path; it stays one segment whatever it holds."""
    try:
        text = str(value)
        quoted = quote(text, safe=_SAFE)
    except ValueError:
        raise InvalidInputError(f"{name} is half a character or an endless number, which cannot be sent") from None
    if not text or text in {".", ".."}:
        raise InvalidInputError(f"{name}={text!r} cannot stand in a path")
    return quoted


def query_text(query: Mapping[str, Any]) -> str:
    """Write a query: booleans in lower case, None left out, lists as one comma-separated value."""
    try:
        texts = {name: _text(value) for name, value in query.items() if value is not None}
        return urlencode(texts, quote_via=quote, safe=_SAFE)
    except ValueError:
        raise InvalidInputError("the query holds half a character or an endless number, which cannot be sent") from None


def _text(value: Any) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(_text(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return str(value)


def check_origin_url(name: str, url: str) -> str:
    """Check the address of a server and write it without a slash at the end.

    Args:
        name: The argument's name, for messages.
        url: An https address; plain http only on this machine.

    Returns:
        The address.

    Raises:
        InvalidInputError: It is no address, carries a query or credentials, or would send tokens over plain http.
    """
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{name}={url!r}: give an address such as https://api.soundcloud.com")
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidInputError(f"{name}={url!r} is no address: {error}") from None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise InvalidInputError(f"{name}={url!r}: give an address such as https://api.soundcloud.com")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidInputError(
            f"{name}={url!r}: tokens and links are not sent over plain http, except to this machine; use https"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def header_value(name: str, value: str) -> str:
    """Check what goes into a header; a line break would smuggle another header in."""
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{name} is of type {type(value).__name__}: give a string")
    if not value.isascii() or not value.isprintable():
        del value  # no frame of a traceback shows it
        raise InvalidInputError(f"{name} holds a line break or another character that a header cannot carry")
    return value


def check_extra_headers(headers: Mapping[str, str]) -> None:
    """Check the headers that a caller adds: each is one header, and none that says how the request is read or whose it is.

    Args:
        headers: The headers.

    Raises:
        InvalidInputError: A name is none, is one of the client's own, or a value holds a line break.
    """
    for name, value in headers.items():
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"{name!r} is no name of a header")
        if name.lower() == "authorization":
            raise InvalidInputError("the Authorization header is made from the token: give token= instead")
        if name.lower() in _FRAMING:
            raise InvalidInputError(f"the {name} header is made from the request: leave it out")
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidInputError(f"{name!r} is no name of a header")
        header_value(name, value)


def decode_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as they came, with their names in lower case; of a repeated one the values are joined."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def template_url(base_url: str, path: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    """Fill a templated path; what the template does not name goes to the query.

    Args:
        base_url: The API's origin.
        path: A path such as `/tracks/{id}`, starting with a slash.
        parameters: Values for the braces and the query.

    Returns:
        The URL and the path.

    Raises:
        InvalidInputError: The path is absolute, leads elsewhere, or names a parameter that is not given.
    """
    if not isinstance(path, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"path={path!r}: give a path of the API such as /tracks/{{id}}")
    if (
        not path.startswith("/")
        or path.startswith("//")
        or not path.isascii()
        or any(ord(letter) <= 32 for letter in path)
        or "#" in path
        or ".." in path
    ):
        path = redact(path)
        raise InvalidInputError(f"path={path!r}: give a path of the API such as /tracks/{{id}}")
    rest = dict(parameters)
    filled, _, query = path.partition("?")
    pieces = filled.split("{")
    written = pieces[0]
    for piece in pieces[1:]:
        name, brace, after = piece.partition("}")
        if not brace or name not in rest:
            raise InvalidInputError(f"path={redact(path)!r} needs a value for {{{name}}}: give it as {{{name!r}: ...}}")
        written += path_value(name, rest.pop(name)) + after
    query = "&".join(part for part in (query, query_text(rest)) if part)
    return (f"{base_url}{written}?{query}" if query else base_url + written), written
