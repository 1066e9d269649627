"""The `raw` namespace."""

from collections.abc import Mapping
from typing import Any, Unpack

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._protocol.hand_written import METHODS
from soundcloud._protocol.http.headers import check_extra_headers
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.request_options import apply_options
from soundcloud._protocol.pagination import fill_path
from soundcloud._protocol.secrets import masked
from soundcloud.errors import InvalidInputError
from soundcloud.options import RequestOptions
from soundcloud.raw import RawResponse, decode_raw_response


class AsyncRawNamespace(AsyncNamespace):
    """`client.raw`: send any request to the API and get the response, whatever its status.

    Redirects and pages are not followed, failures are not retried, and responses are not cached. `path` is a path of the API, or a
    URL of the API such as a `next_href`. `parameters` gives the values for the names in the braces of the path; the other
    parameters become the query. None leaves a parameter out, and a list is sent comma-separated. `client.paginate_raw` follows
    pages.

    Raises:
        InvalidInputError: The path is not one of the API, lacks a parameter, or the body is not valid; nothing was sent.
        ConnectionFailedError: There was no response.

    Source:
        https://developers.soundcloud.com/docs/api/explorer/open-api
    """

    __slots__ = ()

    async def request(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> RawResponse:
        """Send any request to the API.

        Args:
            method: `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`.
            path: A path of the API, such as `/tracks/{id}`, or a URL of the API, such as a `next_href`.
            parameters: Values for the braces and the query.
            json: A value to send as JSON.
            form: Fields to send as a URL-encoded form.
            headers: Additional headers, except Authorization, Content-Type, Content-Length, Host and those of the connection,
                such as Transfer-Encoding.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> response = await client.raw.request("GET", "/tracks/{id}", {"id": 308946187})
            >>> print(response.status, response.data["title"])
        """
        if str(method).upper() not in METHODS:
            raise InvalidInputError(f"method={method!r}: use one of {', '.join(sorted(METHODS))}")
        for name, value in (("parameters", parameters), ("form", form), ("headers", headers)):
            if value is not None and not isinstance(value, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidInputError(f"{name} is of type {type(value).__name__}: give a dict of names and values")
        if json is not None and form is not None:
            raise InvalidInputError("a request has one body: give json= or form=, not both")
        check_extra_headers(headers or {})
        path = masked(path)
        url, filled = fill_path(self._pipeline.base_url, path, parameters or {})
        request = Request(method.upper(), url, filled, token=token, json=json, form=form, headers=headers or {})
        request = apply_options(request, options) if options else request
        response = await self._pipeline.fetch(request)
        return decode_raw_response(response.status, response.headers, response.content)

    async def get(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> RawResponse:
        """Send a GET request; see `request`.

        Args:
            path: A path of the API, such as `/tracks/{id}`, or a URL of the API, such as a `next_href`.
            parameters: Values for the braces and the query.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> response = await client.raw.get("/tracks/{id}", {"id": 308946187})
        """
        return await self.request("GET", path, parameters, token=token, **options)

    async def post(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> RawResponse:
        """Send a POST request; see `request`.

        Args:
            path: A path of the API, such as `/tracks/{id}`, or a URL of the API, such as a `next_href`.
            parameters: Values for the braces and the query.
            json: A value to send as JSON.
            form: Fields to send as a URL-encoded form.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> comment = {"comment": {"body": "great track"}}
            >>> response = await client.raw.post("/tracks/{id}/comments", {"id": 308946187}, json=comment)
        """
        return await self.request("POST", path, parameters, json=json, form=form, token=token, **options)

    async def put(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> RawResponse:
        """Send a PUT request; see `request`.

        Args:
            path: A path of the API, such as `/tracks/{id}`, or a URL of the API, such as a `next_href`.
            parameters: Values for the braces and the query.
            json: A value to send as JSON.
            form: Fields to send as a URL-encoded form.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> response = await client.raw.put("/tracks/{id}", {"id": 308946187}, json={"track": {"title": "New"}})
        """
        return await self.request("PUT", path, parameters, json=json, form=form, token=token, **options)

    async def delete(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> RawResponse:
        """Send a DELETE request; see `request`.

        Args:
            path: A path of the API, such as `/tracks/{id}`, or a URL of the API, such as a `next_href`.
            parameters: Values for the braces and the query.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> response = await client.raw.delete("/likes/tracks/{id}", {"id": 308946187})
        """
        return await self.request("DELETE", path, parameters, token=token, **options)
