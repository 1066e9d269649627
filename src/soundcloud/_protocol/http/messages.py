"""Requests and responses as plain values."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from soundcloud._protocol.http.multipart import SeekableFile
from soundcloud._protocol.http.urls import encode_query, path_value
from soundcloud._protocol.secrets import Secret, as_secret
from soundcloud_api.types import File, FormModel, Operation, json_content


@attrs.define
class Request:
    """One request to send.

    Args:
        path: The path for messages and events, without the query.
        operation: The id of the operation, or None if the document has none.
        template: The path with its parameters in braces, or None if the document has none.
        responses: The type of the response, by status.
        token: The access token to send, or None for the client's own.
        authorize: Whether an access token is sent at all.
        form: Fields of a multipart form or, without files, of a URL-encoded form.
        origin: The origin of a server other than the API and the sign-in host. It never receives a token.
        shareable: Whether the response may come from the cache or from an identical request in flight. True for reading
            methods of the namespaces; False for raw requests and for the pages after the first.
        on_progress: Called with the bytes of the files that were sent, and their total.
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
    def header_key(self) -> tuple[tuple[str, str], ...]:
        """The additional headers as a part of the keys of the cache and of request deduplication."""
        return (
            tuple(sorted((name.lower(), Secret(value)) for name, value in self.headers.items())) if self.headers else ()
        )

    @property
    def files(self) -> list[File]:
        """The files in the body."""
        fields = self.form.fields().values() if isinstance(self.form, FormModel) else ()
        return [value for value in fields if isinstance(value, File)]

    @property
    def repeatable(self) -> bool:
        """Whether the body can be sent a second time: a pipe or an iterator cannot."""
        return all(
            isinstance(file.content, bytes | SeekableFile) or hasattr(file.content, "__fspath__") for file in self.files
        )


@attrs.frozen
class Response:
    """One response; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)


def build_request(operation: Operation[Any], base_url: str, token: str | None) -> Request:
    """Build the request of an operation; without a token the client's own is sent."""
    path = operation.path_template
    for name, value in operation.path.items():
        path = path.replace("{" + name + "}", path_value(name, value))
    query = {name: value for name, value in operation.query.items() if value is not None}
    body = operation.body
    return Request(
        operation.method,
        f"{base_url}{path}?{encode_query(query)}" if query else base_url + path,
        path,
        operation.id,
        operation.path_template,
        operation.responses,
        token,
        json=None if isinstance(body, FormModel) else json_content(body),
        form=body if isinstance(body, FormModel) else None,
        headers={},
        shareable=operation.method == "GET",
    )


def request_for_url(url: str, model: type[Any], *, template: str | None = None) -> Request:
    """Build a GET request to a server other than the API, whose URL the caller has checked; it never carries a token."""
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
