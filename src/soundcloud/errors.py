"""The exceptions of this package.

SoundCloudError
├── InvalidInputError (also a ValueError)     an argument is wrong; nothing was sent
├── ClosedClientError                         the client is closed; nothing was sent
├── MissingTokenError                         there is no access token; nothing was sent
├── TokenStoreError                           tokens cannot be read or stored
├── SignInError                               a sign-in was refused, cancelled, timed out or failed its state check
├── ConnectionFailedError                     no response: connection refused or reset, DNS, TLS
│   └── RequestTimeoutError                   no response in time
├── UploadInterruptedError                    a file could not be read to its announced end during an upload
├── NotReadyError                             an uploaded track was not playable in time
├── NotStartedError                           `client.map` made no call for this item, after an error that stops it
├── PlaylistChangedError                      a playlist changed between reading and writing; nothing was written
├── PaginationError                           the link to the next page is invalid
├── UnexpectedResponseError                   a success status with an unexpected body: HTML, or an error object
│   ├── ResponseTooLargeError                 a body larger than `max_response_bytes`
│   └── WrongKindError                        a URL is of a resource of another kind than the method returns
└── StatusError                               a response with an error status
    ├── BadRequestError                       400
    │   └── InvalidGrantError                 400 from the token endpoint: the user must sign in again
    ├── UnauthorizedError                     401
    │   └── InvalidClientError                401 from the token endpoint: wrong client id or secret
    ├── ForbiddenError                        403
    │   ├── SubscriptionRequiredError         403: the account needs a paid plan
    │   └── NotPlayableError                  403: the track cannot be streamed with this app or in this country
    ├── NotFoundError                         404
    ├── UnprocessableEntityError              422
    ├── RateLimitError                        429
    │   ├── QuotaExceededError                403 or 429: a quota counted over hours is used up
    │   └── SpamWarningError                  429: the user was warned of spam
    ├── ServerError                           5xx
    │   └── GatewayError (also an EdgeError)  5xx from the gateway or edge server, as HTML or plain text
    └── EdgeError                             400, 403 or 404 from the gateway or edge server, as HTML or plain text
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, Unpack

import attrs

if TYPE_CHECKING:
    from soundcloud_api.models import Track


class ErrorDetails(TypedDict, total=False):
    """The keyword arguments of every error, see the attributes of `SoundCloudError`."""

    status: int | None
    code: int | str | None
    errors: tuple[str, ...]
    link: str | None
    request_id: str | None
    body: bytes
    method: str | None
    path: str | None
    hint: str | None


class SoundCloudError(Exception):
    """The base class of all exceptions of this package. See docs/errors.md#soundclouderror.

    Attributes:
        message: What failed, in one line.
        status: The HTTP status of the response; None without a response.
        code: The error code in the response body: a number, or a word such as `invalid_grant`; else None.
        errors: The messages in the `errors` list of the response body.
        link: The documentation link in the response body, or None.
        request_id: The id that the server or its edge gave the request, or None. Quote it when you report a problem.
        body: The response body as bytes.
        method: The HTTP method of the request, or None.
        path: The path of the request without its query, or None.
        hint: What to do about the error, or None.
        retries: The number of retries, repeats with a new token not included.
    """

    default_hint: ClassVar[str | None] = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: int | str | None = None,
        errors: tuple[str, ...] = (),
        link: str | None = None,
        request_id: str | None = None,
        body: bytes = b"",
        method: str | None = None,
        path: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.errors = errors
        self.link = link
        self.request_id = request_id
        self.body = body
        self.method = method
        self.path = path
        self.hint = hint or self.default_hint
        self.retries = 0

    @property
    def is_not_found(self) -> bool:
        """Whether the status is 404."""
        return self.status == 404

    @property
    def is_rate_limited(self) -> bool:
        """Whether the status is 429."""
        return self.status == 429

    @property
    def is_unauthorized(self) -> bool:
        """Whether the status is 401."""
        return self.status == 401

    @property
    def is_forbidden(self) -> bool:
        """Whether the status is 403."""
        return self.status == 403

    @property
    def is_server_error(self) -> bool:
        """Whether the status is 500 or above."""
        return self.status is not None and self.status >= 500

    def __str__(self) -> str:
        where = f" [{self.method} {self.path}]" if self.method and self.path else ""
        attempts = f" (tried {self.retries + 1} times)" if self.retries else ""
        hint = f" - {self.hint}" if self.hint else ""
        return f"{self.message}{where}{attempts}{hint}"

    def __reduce__(self) -> Any:
        # BaseException.__reduce__ drops keyword-only arguments.
        attributes = {name: value for name, value in vars(self).items() if name != "message"}
        return _unpickle, (type(self), self.message, attributes)


def _unpickle(cls: type[SoundCloudError], message: str, attributes: dict[str, Any]) -> SoundCloudError:
    error = cls(message)
    error.__dict__.update(attributes)
    return error


class InvalidInputError(SoundCloudError, ValueError):
    """An argument is wrong; nothing was sent. See docs/errors.md#invalidinputerror."""


class ClosedClientError(SoundCloudError):
    """The client is closed; nothing was sent. See docs/errors.md#closedclienterror."""

    default_hint = "use the client inside its `with` block, or create a new client"


class MissingTokenError(SoundCloudError):
    """There is no access token; nothing was sent. See docs/errors.md#missingtokenerror."""

    default_hint = (
        "for public data, pass client_id and client_secret to the client; for a user, sign in with auth.login(), "
        "or pass access_token="
    )


class TokenStoreError(SoundCloudError):
    """Tokens cannot be read or stored. See docs/errors.md#tokenstoreerror."""


class SignInError(SoundCloudError):
    """A sign-in was refused, cancelled, timed out or failed its state check. See docs/errors.md#signinerror."""

    default_hint = "start the sign-in again"


class ConnectionFailedError(SoundCloudError):
    """There was no response: the connection was refused, reset or never established. See docs/errors.md#connectionfailederror.

    Attributes:
        sent: Whether the request may have reached the server; False if nothing was sent.
    """

    default_hint = "check the network and the base_url"

    def __init__(self, message: str, *, sent: bool = True, **details: Unpack[ErrorDetails]) -> None:
        super().__init__(message, **details)
        self.sent = sent


class RequestTimeoutError(ConnectionFailedError):
    """There was no response in time. See docs/errors.md#requesttimeouterror."""

    default_hint = "try again, or pass the client a larger timeout="


class UploadInterruptedError(SoundCloudError):
    """A file could not be read to its end during an upload, or had a different length than announced.

    See docs/errors.md#uploadinterruptederror.
    """

    default_hint = "SoundCloud creates no track from a partial file: check the file and upload it again"


class NotReadyError(SoundCloudError):
    """An uploaded track was not playable in time. It may become playable later. See docs/errors.md#notreadyerror.

    Attributes:
        track: The last response, a `Track`, or None.
    """

    default_hint = "SoundCloud needs minutes, sometimes hours; check again later"

    def __init__(self, message: str, *, track: "Track | None" = None, **details: Unpack[ErrorDetails]) -> None:
        super().__init__(message, **details)
        self.track = track


class NotStartedError(SoundCloudError):
    """`client.map` did not call the method for this item, because it would fail like an earlier one.

    See docs/errors.md#notstartederror.

    Attributes:
        reason: The error that stopped the calls, or None.
    """

    default_hint = "call the method for this item once the reason no longer holds"

    def __init__(self, message: str, *, reason: SoundCloudError | None = None, **details: Unpack[ErrorDetails]) -> None:
        """Create an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.reason = reason


class PlaylistChangedError(SoundCloudError):
    """A playlist changed between reading and writing, or contains tracks that SoundCloud does not list; nothing was written.

    See docs/errors.md#playlistchangederror.
    """

    default_hint = "read the playlist again and repeat the change"


class PaginationError(SoundCloudError):
    """The link to the next page is invalid: it leads to another host, repeats, or cannot be parsed.

    See docs/errors.md#paginationerror.
    """


class UnexpectedResponseError(SoundCloudError):
    """The response has a success status and an unexpected body. See docs/errors.md#unexpectedresponseerror."""

    default_hint = "this comes from SoundCloud or from a server before it; the `body` attribute holds the response"

    def __init__(self, message: str, **details: Unpack[ErrorDetails]) -> None:
        super().__init__(message, **details)
        if not self.body and self.hint == UnexpectedResponseError.default_hint:
            self.hint = "this comes from SoundCloud or from a server before it"


class ResponseTooLargeError(UnexpectedResponseError):
    """The response body is larger than `max_response_bytes`; the rest was not read. See docs/errors.md#responsetoolargeerror."""

    default_hint = "request smaller pages (limit=), or pass the client a larger max_response_bytes="


class WrongKindError(UnexpectedResponseError):
    """The URL is of a resource of another kind than the method returns. See docs/errors.md#wrongkinderror.

    Attributes:
        kind: The kind of the resource at the URL: `tracks`, `users`, `playlists`, or None for anything else.
    """

    default_hint = "call resolve.resolve(url), which returns a track, a user or a playlist"

    def __init__(self, message: str, *, kind: str | None = None, **details: Unpack[ErrorDetails]) -> None:
        super().__init__(message, **details)
        self.kind = kind


class StatusError(SoundCloudError):
    """A response with an error status that has no class of its own. See docs/errors.md#statuserror."""


class BadRequestError(StatusError):
    """400: the request is malformed. See docs/errors.md#badrequesterror."""


class InvalidGrantError(BadRequestError):
    """The token endpoint refused the code or the refresh token: it was used before, expired, or belongs to another app.

    See docs/errors.md#invalidgranterror.
    """

    default_hint = (
        "the user must sign in again: auth.login(), or auth.get_authorization_url() and auth.get_user_token()"
    )


class UnauthorizedError(StatusError):
    """401: the access token is missing or expired, or the request needs a user's token. See docs/errors.md#unauthorizederror."""

    default_hint = "get a new access token; /me, writes and private resources need a user's token, not the app's"


class InvalidClientError(UnauthorizedError):
    """The token endpoint does not know the app, or the client secret is wrong. See docs/errors.md#invalidclienterror."""

    default_hint = "check client_id and client_secret at soundcloud.com/you/apps; a removed app looks the same"


class ForbiddenError(StatusError):
    """403: the token is valid, but the request is not allowed. See docs/errors.md#forbiddenerror."""

    default_hint = (
        "the token is valid, but this user or this app may not do this, for example change another user's track; "
        "a new token does not help"
    )


class SubscriptionRequiredError(ForbiddenError):
    """403: the account, or the account of the app's owner, has no subscription that allows this.

    See docs/errors.md#subscriptionrequirederror.
    """

    default_hint = "this needs a paid plan (Artist Pro); see soundcloud.com/pro. A new token does not help"


class NotPlayableError(ForbiddenError):
    """403: the track cannot be streamed: its rights holder, the country or the app does not allow it.

    See docs/errors.md#notplayableerror.

    Attributes:
        available: Names of the formats that can be streamed instead, such as `preview_mp3_128`, as far as they are known.
    """

    default_hint = "check the track's `access`: it may allow a preview only, or nothing; a new token does not help"

    def __init__(self, message: str, *, available: tuple[str, ...] = (), **details: Unpack[ErrorDetails]) -> None:
        super().__init__(message, **details)
        self.available = available


class NotFoundError(StatusError):
    """404: the resource does not exist, or is not visible with this token. See docs/errors.md#notfounderror."""

    default_hint = "it may be deleted, private (a share link's secret_token= opens it), or hidden from this app"


class UnprocessableEntityError(StatusError):
    """422: the request is well formed and was refused. See docs/errors.md#unprocessableentityerror."""


@attrs.frozen
class RateLimit:
    """A rate limit, read from the body of a 429 or from the headers of any response.

    Attributes:
        name: The limit's name, for example `plays` or `client-credentials-exchange`; None if it has none.
        bucket: What the limit counts by: `by-client`, `by-ip`, or None.
        maximum: The number of requests in the window; None if unknown.
        window: The window as an ISO 8601 duration such as `PT24H`; None if unknown.
        remaining: The number of requests left; None if unknown.
        resets_at: The time when the limit resets, an aware datetime; None if unknown.
    """

    name: str | None = None
    bucket: str | None = None
    maximum: int | None = None
    window: str | None = None
    remaining: int | None = None
    resets_at: datetime | None = None


class RateLimitDetails(ErrorDetails, total=False):
    """The keyword arguments of every `RateLimitError`, see its attributes."""

    retry_after: float | None
    resets_at: datetime | None
    quota: RateLimit | None


class RateLimitError(StatusError):
    """429: too many requests. See docs/errors.md#ratelimiterror.

    Attributes:
        retry_after: Seconds to wait; None if the response does not name them.
        resets_at: The time when the limit resets, an aware datetime; None if the response does not name it.
        quota: The exceeded `RateLimit`; None if the response does not describe it.
    """

    default_hint = "wait before the next request"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        resets_at: datetime | None = None,
        quota: RateLimit | None = None,
        **details: Unpack[ErrorDetails],
    ) -> None:
        super().__init__(message, **details)
        self.retry_after = retry_after
        self.resets_at = resets_at
        self.quota = quota


class QuotaExceededError(RateLimitError):
    """403 or 429: a quota that is counted over hours is used up: plays, app tokens, or all requests of an app.

    See docs/errors.md#quotaexceedederror.
    """

    default_hint = "the quota is for the whole app or the whole IP address and is counted over hours"


class SpamWarningError(RateLimitError):
    """429 on a like or a comment: SoundCloud takes it for spam and warns the user. See docs/errors.md#spamwarningerror.

    Attributes:
        spam_warning_urn: The URN of the warning, or None.
    """

    default_hint = "do not repeat this: the user was warned, and repeating it puts the account at risk"

    def __init__(
        self, message: str, *, spam_warning_urn: str | None = None, **details: Unpack[RateLimitDetails]
    ) -> None:
        super().__init__(message, **details)
        self.spam_warning_urn = spam_warning_urn


class ServerError(StatusError):
    """5xx: SoundCloud failed. See docs/errors.md#servererror."""

    default_hint = "this is on SoundCloud's side; try again later"


class EdgeError(StatusError):
    """400, 403 or 404 from the gateway or edge server, as HTML or plain text. It says nothing about the resource.

    See docs/errors.md#edgeerror.

    Attributes:
        request_ids: All request ids of the response, by header name; quote them when you report a problem.
    """

    default_hint = (
        "the edge server answered instead of SoundCloud's API: IP addresses of data centres are sometimes blocked, and "
        "services are sometimes down; this says nothing about the resource, and a new token does not help"
    )

    def __init__(
        self, message: str, *, request_ids: Mapping[str, str] | None = None, **details: Unpack[ErrorDetails]
    ) -> None:
        super().__init__(message, **details)
        self.request_ids = dict(request_ids or {})

    @property
    def is_not_found(self) -> bool:
        """Always False: a 404 of the edge server means that a service is down, not that the resource is gone."""
        return False


class GatewayError(EdgeError, ServerError):
    """5xx from the gateway or edge server, as HTML or plain text. See docs/errors.md#gatewayerror."""

    default_hint = ServerError.default_hint
