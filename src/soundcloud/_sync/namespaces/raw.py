"""Any call, with plain values and without errors for a status."""

from collections.abc import Mapping
from typing import Any

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._protocol.http.headers import check_extra_headers
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.urls import fill_template
from soundcloud.errors import InvalidInputError
from soundcloud.raw import RawResponse, decode_raw_response

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RawNamespace(Namespace):
    """`client.raw`: for what the namespaces do not offer. Redirects are not followed, pages not walked."""

    __slots__ = ()

    def request(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> RawResponse:
        """Send any request to the API.

        Args:
            method: `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`.
            path: A path of the API; names in braces are filled from the parameters.
            parameters: Values for the braces; what is left goes to the query. None leaves one out, lists are sent
                comma-separated.
            json: A value to send as JSON.
            form: Fields to send as a URL-encoded form.
            headers: Further headers, but for Authorization and those that say where a request goes and ends.
            token: The access token to act with instead of the client's own.

        Returns:
            The reply, whatever its status.

        Raises:
            InvalidInputError: The path leads elsewhere, a value for it is missing, or the body is no JSON; nothing was
                sent.
            ConnectionFailedError: There was no reply.

        Example:
            >>> response = client.raw.request("GET", "/tracks/{id}", {"id": 308946187})
            >>> print(response.status, response.data["title"])

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api
        """
        if str(method).upper() not in METHODS:
            raise InvalidInputError(f"method={method!r}: use one of {', '.join(sorted(METHODS))}")
        for name, value in (("parameters", parameters), ("form", form), ("headers", headers)):
            if value is not None and not isinstance(value, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidInputError(f"{name} is of type {type(value).__name__}: give names and values, as a dict")
        if json is not None and form is not None:
            raise InvalidInputError("a request has one body: give json= or form=, not both")
        check_extra_headers(headers or {})
        url, filled = fill_template(self._pipeline.base_url, path, parameters or {})
        request = Request(method.upper(), url, filled, token=token, json=json, form=form, headers=headers or {})
        response = self._pipeline.fetch(request)
        return decode_raw_response(response.status, response.headers, response.content)

    def get(
        self, path: str, parameters: Mapping[str, Any] | None = None, *, token: str | None = None
    ) -> RawResponse:
        """Send a GET request; see `request`.

        Args:
            path: A path of the API; names in braces are filled from the parameters.
            parameters: Values for the braces; what is left goes to the query.
            token: The access token to act with instead of the client's own.

        Returns:
            The reply, whatever its status.

        Raises:
            InvalidInputError: The path leads elsewhere, or a value for it is missing; nothing was sent.
            ConnectionFailedError: There was no reply.

        Example:
            >>> response = client.raw.get("/tracks/{id}", {"id": 308946187})

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api
        """
        return self.request("GET", path, parameters, token=token)

    def post(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> RawResponse:
        """Send a POST request; see `request`.

        Args:
            path: A path of the API; names in braces are filled from the parameters.
            parameters: Values for the braces; what is left goes to the query.
            json: A value to send as JSON.
            form: Fields to send as a URL-encoded form.
            token: The access token to act with instead of the client's own.

        Returns:
            The reply, whatever its status.

        Raises:
            InvalidInputError: The path leads elsewhere, or a value for it is missing; nothing was sent.
            ConnectionFailedError: There was no reply.

        Example:
            >>> comment = {"comment": {"body": "great track"}}
            >>> response = client.raw.post("/tracks/{id}/comments", {"id": 308946187}, json=comment)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api
        """
        return self.request("POST", path, parameters, json=json, form=form, token=token)

    def put(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> RawResponse:
        """Send a PUT request; see `request`.

        Args:
            path: A path of the API; names in braces are filled from the parameters.
            parameters: Values for the braces; what is left goes to the query.
            json: A value to send as JSON.
            form: Fields to send as a URL-encoded form.
            token: The access token to act with instead of the client's own.

        Returns:
            The reply, whatever its status.

        Raises:
            InvalidInputError: The path leads elsewhere, or a value for it is missing; nothing was sent.
            ConnectionFailedError: There was no reply.

        Example:
            >>> response = client.raw.put("/tracks/{id}", {"id": 308946187}, json={"track": {"title": "New"}})

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api
        """
        return self.request("PUT", path, parameters, json=json, form=form, token=token)

    def delete(
        self, path: str, parameters: Mapping[str, Any] | None = None, *, token: str | None = None
    ) -> RawResponse:
        """Send a DELETE request; see `request`.

        Args:
            path: A path of the API; names in braces are filled from the parameters.
            parameters: Values for the braces; what is left goes to the query.
            token: The access token to act with instead of the client's own.

        Returns:
            The reply, whatever its status.

        Raises:
            InvalidInputError: The path leads elsewhere, or a value for it is missing; nothing was sent.
            ConnectionFailedError: There was no reply.

        Example:
            >>> response = client.raw.delete("/likes/tracks/{id}", {"id": 308946187})

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api
        """
        return self.request("DELETE", path, parameters, token=token)
