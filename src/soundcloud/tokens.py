"""OAuth 2.1 tokens."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NoReturn, Self, TypeAlias

import attrs

from soundcloud._checks import check_string
from soundcloud.errors import InvalidInputError

Grant: TypeAlias = Literal["app", "user"]
"""The owner of a token: the app or a user."""


@attrs.frozen(repr=False)
class Token:
    """An access token and its refresh token.

    Neither `repr` nor `str` shows the tokens, and a `Token` cannot be pickled. Use `to_dict` and `from_dict` to store one.

    Attributes:
        access_token: The access token: an opaque string of any length.
        refresh_token: The refresh token, which works once; None without one.
        expires_at: The time when the access token expires, an aware datetime; None if unknown.
        scope: The scope; empty in practice.
        token_type: `Bearer` in practice, although the client sends the scheme `OAuth` in the Authorization header.
        grant: `app` or `user`; None if unknown.
        app_token_requests: The times of the app token requests in the last 12 hours, which count against SoundCloud's quota.

    Raises:
        InvalidInputError: A token is not a string, `expires_at` has no time zone, or `grant` is unknown.

    Example:
        >>> token = Token("secret")
        >>> token
        Token(access_token=***, refresh_token=None)
    """

    access_token: str = attrs.field(repr=False)  # rich and devtools read this setting instead of calling __repr__
    refresh_token: str | None = attrs.field(default=None, repr=False)
    expires_at: datetime | None = None
    scope: str | None = None
    token_type: str | None = None
    grant: Grant | None = None
    app_token_requests: tuple[datetime, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Check the types, and that the expiry has a time zone."""
        check_string("access_token", self.access_token, none=False)
        check_string("refresh_token", self.refresh_token)
        expires_at: Any = self.expires_at
        if expires_at is not None and (not isinstance(expires_at, datetime) or expires_at.utcoffset() is None):
            raise InvalidInputError(
                f"expires_at={expires_at!r}: pass a datetime with a time zone, such as datetime.now(UTC) + timedelta(hours=1)"
            )
        if self.grant not in (None, "app", "user"):
            raise InvalidInputError(f"grant={self.grant!r}: pass 'app', 'user' or None")

    @classmethod
    def from_response(cls, fields: Mapping[str, Any], *, now: datetime, grant: Grant | None = None) -> Self:
        """Create a token from the response of a token endpoint.

        Args:
            fields: The response; `access_token` is required, other fields of a wrong type are ignored.
            now: The time of the response, from which `expires_in` counts.
            grant: The owner of the token; default None, unknown.

        Raises:
            ValueError: The response has no access token.
        """
        access_token = fields.get("access_token")
        if not isinstance(access_token, str) or not access_token:
            raise ValueError("the response has no access token")

        def string(name: str) -> str | None:
            value = fields.get(name)
            return value if isinstance(value, str) else None

        return cls(
            access_token,
            string("refresh_token") or None,
            _after(now, fields.get("expires_in")),
            string("scope"),
            string("token_type"),
            grant,
        )

    def expires_within(self, leeway: timedelta, *, now: datetime) -> bool:
        """Return whether the access token expires within a time span; False if the expiry is unknown."""
        return self.expires_at is not None and self.expires_at <= now + leeway

    def to_dict(self) -> dict[str, Any]:
        """Return the token with its secrets as JSON values, for a token store."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
            "scope": self.scope,
            "token_type": self.token_type,
            "grant": self.grant,
            "app_token_requests": [time.isoformat() for time in self.app_token_requests],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Create a token from the result of `to_dict`.

        Raises:
            ValueError: The values are not a stored token.
        """
        try:
            expires_at, grant = data.get("expires_at"), data.get("grant")
            strings = [data.get(name) for name in ("refresh_token", "scope", "token_type")]
            if any(string is not None and not isinstance(string, str) for string in strings):
                raise TypeError
            token = cls(
                data["access_token"],
                strings[0],
                None if expires_at is None else _aware(expires_at),
                strings[1],
                strings[2],
                grant if grant in {"app", "user"} else None,
                tuple(_aware(time) for time in data.get("app_token_requests") or ()),
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            token = None
        if token is None:
            raise ValueError("this is not a stored token")
        if token.access_token.__class__ is not str or not token.access_token:
            raise ValueError("this is not a stored token: it has no access token")
        return token

    def __repr__(self) -> str:
        refresh = None if self.refresh_token is None else "***"
        known = {"expires_at": self.expires_at and self.expires_at.isoformat(), "grant": self.grant}
        details = "".join(f", {name}={value}" for name, value in known.items() if value)
        return f"{type(self).__name__}(access_token=***, refresh_token={refresh}{details})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Token cannot be pickled, so that its secrets are not written by accident: use to_dict()")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memory: dict[int, Any]) -> Self:
        return self


def _after(now: datetime, seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return now + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def _aware(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
