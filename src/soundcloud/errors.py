"""Everything that can go wrong, as one tree.

SoundCloudError
├── InvalidInputError (also a ValueError)     an argument is wrong; nothing was sent
├── ClosedClientError                         the client was closed; nothing was sent
├── MissingTokenError                         there is no access token; nothing was sent
├── TokenStoreError                           the tokens cannot be read or kept
├── SignInError                               a person's sign-in was refused, given up or tampered with
├── ConnectionFailedError                     no reply: refused, reset, DNS, TLS
│   └── RequestTimeoutError                   no reply in time
├── UploadInterruptedError                    a file ended early, grew, or could not be read while it was sent
├── NotReadyError                             an upload that could not be played in time
├── PlaylistChangedError                      a playlist changed between reading and writing; nothing was written
├── PaginationError                           a link to the next page that must not be followed
├── UnexpectedResponseError                      a reply that is not what the API promises: HTML, or an error object
│   └── ResponseTooLargeError                    more bytes than the client takes
└── StatusError                               a reply with an error status
    ├── BadRequestError                       400
    │   └── InvalidGrantError                 400 of the token endpoint: sign in again
    ├── UnauthorizedError                     401
    │   └── InvalidClientError                401 of the token endpoint: the app's id or secret
    ├── ForbiddenError                        403
    │   ├── SubscriptionRequiredError         the account has no plan that allows it
    │   └── NotPlayableError                  this track cannot be streamed here
    ├── NotFoundError                         404
    ├── UnprocessableEntityError              422
    ├── RateLimitError                        429: slow down
    │   ├── QuotaExceededError                a quota counted over hours is used up
    │   └── SpamWarningError                  the person is warned: do not repeat this
    ├── ServerError                           5xx
    │   └── GatewayError (also an EdgeError)  5xx of what stands before the API, as HTML or text
    └── EdgeError                             400, 403 or 404 of what stands before the API, as HTML or text
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs


class SoundCloudError(Exception):
    """The root of all errors of this package.

    See docs/errors.md#soundclouderror.

    Attributes:
        message: What went wrong, in one line.
        status: The HTTP status of the reply, or None when there was none.
        code: The code in the reply's body: a number, or a word such as `invalid_grant`.
        errors: The messages in the reply's `errors` list.
        link: The documentation link in the reply's body.
        request_id: The id that the server or its edge gave the request; name it when you report a problem.
        body: The reply's bytes.
        method: The HTTP method of the request.
        path: The path of the request, without its query.
        hint: What to do about it.
        retries: How many tries there were after the first.
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
        """Make an error; everything but the message may be unknown."""
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
        tries = f" (tried {self.retries + 1} times)" if self.retries else ""
        hint = f" - {self.hint}" if self.hint else ""
        return f"{self.message}{where}{tries}{hint}"

    def __reduce__(self) -> Any:
        # An exception with keyword arguments does not pickle by itself.
        return (
            _rebuild,
            (type(self), self.message, {name: value for name, value in vars(self).items() if name != "message"}),
        )


def _rebuild(cls: type[SoundCloudError], message: str, state: dict[str, Any]) -> SoundCloudError:
    error = cls(message)
    error.__dict__.update(state)
    return error


class InvalidInputError(SoundCloudError, ValueError):
    """An argument is wrong; nothing was sent. See docs/errors.md#invalidinputerror."""


class ClosedClientError(SoundCloudError):
    """The client was closed; nothing was sent. See docs/errors.md#closedclienterror."""

    default_hint = "make the calls inside the `with` block, or make a new client"


class MissingTokenError(SoundCloudError):
    """There is no access token; nothing was sent. See docs/errors.md#missingtokenerror."""

    default_hint = (
        "give the client access_token=, call set_token(), or pass token= to the method; "
        "auth.get_client_token() gets one for the app"
    )


class TokenStoreError(SoundCloudError):
    """The tokens cannot be read or kept. See docs/errors.md#tokenstoreerror."""


class SignInError(SoundCloudError):
    """A person's sign-in was refused, given up or tampered with. See docs/errors.md#signinerror."""

    default_hint = "start the sign-in again"


class ConnectionFailedError(SoundCloudError):
    """There was no reply: the connection was refused, reset, or never came about.

    See docs/errors.md#connectionfailederror.

    Attributes:
        sent: Whether the request may have reached the server; False when surely nothing was sent.
    """

    default_hint = "check the network and the base_url"

    def __init__(self, message: str, *, sent: bool = True, **details: Any) -> None:
        """Make an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.sent = sent


class RequestTimeoutError(ConnectionFailedError):
    """There was no reply in time. See docs/errors.md#requesttimeouterror."""

    default_hint = "try again, or give the client a larger timeout="


class UploadInterruptedError(SoundCloudError):
    """A file could not be read to its end while it was sent, or had another length than announced.

    See docs/errors.md#uploadinterruptederror.
    """

    default_hint = "SoundCloud got a part of it at most, and makes no track of that: mend the file, and upload it again"


class NotReadyError(SoundCloudError):
    """An upload could not be played in time. It may still become playable.

    See docs/errors.md#notreadyerror.

    Attributes:
        track: The track as it was last seen, a `Track`.
    """

    default_hint = "SoundCloud takes minutes, at times hours; look again later"

    def __init__(self, message: str, *, track: Any = None, **details: Any) -> None:
        """Make an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.track = track


class PlaylistChangedError(SoundCloudError):
    """A playlist changed between reading and writing, or holds tracks that are not shown; nothing was written.

    See docs/errors.md#playlistchangederror.
    """

    default_hint = "read it again, and decide again"


class PaginationError(SoundCloudError):
    """The link to the next page must not be followed: it leads elsewhere, repeats, or leads nowhere.

    See docs/errors.md#paginationerror.
    """


class UnexpectedResponseError(SoundCloudError):
    """The reply is not what the API promises. See docs/errors.md#unexpectedresponseerror."""

    default_hint = "this comes from SoundCloud or from something before it; the `body` attribute holds the reply"

    def __init__(self, message: str, **details: Any) -> None:
        """Make an error; see `SoundCloudError`. Where there is no body, because it is empty or cannot be read, it is not named."""
        super().__init__(message, **details)
        if not self.body and self.hint == UnexpectedResponseError.default_hint:
            self.hint = "this comes from SoundCloud or from something before it"


class ResponseTooLargeError(UnexpectedResponseError):
    """The reply is larger than `max_response_bytes`; it was not read to its end. See docs/errors.md#responsetoolargeerror."""

    default_hint = "ask for smaller pages (limit=), or give the client a larger max_response_bytes="


class StatusError(SoundCloudError):
    """A reply with an error status that has no class of its own. See docs/errors.md#statuserror."""


class BadRequestError(StatusError):
    """400: the request cannot be understood. See docs/errors.md#badrequesterror."""


class InvalidGrantError(BadRequestError):
    """The token endpoint refuses the code or the refresh token: it was used before, is old, or belongs to another app.

    See docs/errors.md#invalidgranterror.
    """

    default_hint = (
        "the person has to sign in again: auth.login(), or auth.get_authorization_url() and auth.get_user_token()"
    )


class UnauthorizedError(StatusError):
    """401: there is no access token, it is spent, or the call needs a user's token. See docs/errors.md#unauthorizederror."""

    default_hint = "get a new access token; /me, writes and private things need a user's token, not the app's"


class InvalidClientError(UnauthorizedError):
    """The token endpoint does not know the app, or its secret is another. See docs/errors.md#invalidclienterror."""

    default_hint = (
        "check client_id and client_secret at soundcloud.com/you/apps; an app that was removed looks the same"
    )


class ForbiddenError(StatusError):
    """403: the token is fine, the call is not allowed. See docs/errors.md#forbiddenerror."""

    default_hint = (
        "the token is fine, but this person or this app may not do this, for example change what is somebody else's; "
        "a new token does not help"
    )


class SubscriptionRequiredError(ForbiddenError):
    """403: the account, or that of the app's owner, has no subscription that allows this.

    See docs/errors.md#subscriptionrequirederror.
    """

    default_hint = (
        "SoundCloud asks for a paid plan (Artist Pro) here; see soundcloud.com/pro. A new token does not help"
    )


class NotPlayableError(ForbiddenError):
    """403: the track cannot be streamed here: its rights holder, the country or the app does not allow it.

    See docs/errors.md#notplayableerror.

    Attributes:
        available: The formats that can be played in its place, as far as that is known; names such as `preview_mp3_128`.
    """

    default_hint = "look at the track's `access`: only a preview may be had, or nothing; a new token does not help"

    def __init__(self, message: str, *, available: tuple[str, ...] = (), **details: Any) -> None:
        """Make an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.available = available


class NotFoundError(StatusError):
    """404: it does not exist, or is not visible with this token. See docs/errors.md#notfounderror."""

    default_hint = "it may be deleted, private (a share link's secret_token= opens it), or hidden from this app"


class UnprocessableEntityError(StatusError):
    """422: the request is understood and refused. See docs/errors.md#unprocessableentityerror."""


@attrs.frozen
class RateLimit:
    """A limit as SoundCloud describes it in the reply.

    Attributes:
        name: Which limit, for example `plays` or `client-credentials-exchange`; None when it has no name.
        bucket: What is counted: `by-client`, `by-ip`, or None.
        maximum: How many requests it allows; None when that was not said.
        window: In what time, as an ISO 8601 duration such as `PT24H`.
        remaining: How many are left.
    """

    name: str | None = None
    bucket: str | None = None
    maximum: int | None = None
    window: str | None = None
    remaining: int | None = None


class RateLimitError(StatusError):
    """429: too many requests.

    See docs/errors.md#ratelimiterror.

    Attributes:
        retry_after: Seconds to wait, when the reply says so.
        resets_at: When the limit ends, when the reply says so; an aware datetime.
        quota: The limit that was met, a `RateLimit`, when the reply describes it.
    """

    default_hint = "wait before the next call"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        resets_at: datetime | None = None,
        quota: RateLimit | None = None,
        **details: Any,
    ) -> None:
        """Make an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.retry_after = retry_after
        self.resets_at = resets_at
        self.quota = quota


class QuotaExceededError(RateLimitError):
    """A quota that is counted over hours is used up: plays, app tokens, all requests of an app.

    See docs/errors.md#quotaexceedederror.
    """

    default_hint = "it is counted for the whole app, or the whole address, over hours"


class SpamWarningError(RateLimitError):
    """429 on a like or a comment: SoundCloud warns this person of spam.

    See docs/errors.md#spamwarningerror.

    Attributes:
        spam_warning_urn: The URN of the warning.
    """

    default_hint = "do not repeat this: the person is being warned, and goes on at the risk of the account"

    def __init__(self, message: str, *, spam_warning_urn: str | None = None, **details: Any) -> None:
        """Make an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.spam_warning_urn = spam_warning_urn


class ServerError(StatusError):
    """5xx: SoundCloud, or the edge before it, failed. See docs/errors.md#servererror."""

    default_hint = "this is on SoundCloud's side; try again later"


class EdgeError(StatusError):
    """What stands before the API answered in its place, as HTML or plain text: it says nothing about the resource.

    See docs/errors.md#edgeerror.

    Attributes:
        request_ids: Every id that the reply holds, by the name of its header; name them when you report a problem.
    """

    default_hint = (
        "the edge before SoundCloud's API answered: addresses of data centres are blocked at times, services are down at "
        "times; it is no answer about the resource, and a new token does not help"
    )

    def __init__(self, message: str, *, request_ids: Mapping[str, str] | None = None, **details: Any) -> None:
        """Make an error; see `SoundCloudError`."""
        super().__init__(message, **details)
        self.request_ids = dict(request_ids or {})

    @property
    def is_not_found(self) -> bool:
        """Never: a 404 of the edge says that a service is down, not that the resource is gone."""
        return False


class GatewayError(EdgeError, ServerError):
    """5xx of the gateway or the edge before the API. See docs/errors.md#gatewayerror."""

    default_hint = ServerError.default_hint
