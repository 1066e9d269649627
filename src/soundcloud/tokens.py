"""Tokens of OAuth 2.1, as values that do not show themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NoReturn, Self, TypeAlias

import attrs

from soundcloud.options import check_string

Grant: TypeAlias = Literal["app", "user"]
"""Whose token it is: the app's own, or a person's."""


@attrs.frozen(repr=False)
class Token:
    """A pair of tokens and what is known of it. Everything but the access token may be unknown.

    It never shows the tokens: not by `repr`, not by `str`, and it refuses to be pickled. `to_dict` and `from_dict` are the way to
    keep one, on purpose.

    Attributes:
        access_token: What requests are authorized with. Opaque, of any length.
        refresh_token: What the next pair is got with, once; None when there is none.
        expires_at: When the access token expires, as an aware datetime; None when that was not said.
        scope: The scope; empty in practice.
        token_type: `Bearer` in practice; requests say `OAuth` all the same.
        grant: `app` or `user`; None when unknown.
        mints: When app tokens were minted in the last 12 hours, for the count against SoundCloud's quota.

    Example:
        >>> token = Token("secret")
        >>> token
        Token(access_token=***, refresh_token=None)
    """

    access_token: str
    refresh_token: str | None = None
    expires_at: datetime | None = None
    scope: str | None = None
    token_type: str | None = None
    grant: Grant | None = None
    mints: tuple[datetime, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse what is no text, and a moment without a time zone: nobody could say when it is."""
        check_string("access_token", self.access_token, none=False)
        check_string("refresh_token", self.refresh_token)
        if self.expires_at is not None and self.expires_at.utcoffset() is None:
            raise ValueError("expires_at has no time zone; use for example tzinfo=datetime.UTC")

    @classmethod
    def from_reply(cls, fields: Mapping[str, Any], *, now: datetime, grant: Grant | None = None) -> Self:
        """Read what a token endpoint answered.

        Args:
            fields: The reply; only `access_token` is needed, everything else is taken when it is of the right type.
            now: The time of the reply, which `expires_in` is counted from.
            grant: Whose token it is.

        Returns:
            The token.

        Raises:
            ValueError: There is no access token.
        """
        access_token = fields.get("access_token")
        if not isinstance(access_token, str) or not access_token:
            raise ValueError("there is no access token in the reply")

        def text(name: str) -> str | None:
            value = fields.get(name)
            return value if isinstance(value, str) else None

        return cls(
            access_token,
            text("refresh_token") or None,
            _after(now, fields.get("expires_in")),
            text("scope"),
            text("token_type"),
            grant,
        )

    def expires_within(self, leeway: timedelta, *, now: datetime) -> bool:
        """Whether it expires in less than a while.

        Args:
            leeway: The while.
            now: The time.

        Returns:
            False for a token whose expiry is unknown.
        """
        return self.expires_at is not None and self.expires_at <= now + leeway

    def to_dict(self) -> dict[str, Any]:
        """Give the token away, as plain JSON values: for a store, and nothing else."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
            "scope": self.scope,
            "token_type": self.token_type,
            "grant": self.grant,
            "mints": [moment.isoformat() for moment in self.mints],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` gave.

        Args:
            data: The plain values.

        Returns:
            The token.

        Raises:
            ValueError: It is no token.
        """
        try:
            expires_at, grant = data.get("expires_at"), data.get("grant")
            texts = [data.get(name) for name in ("refresh_token", "scope", "token_type")]
            if any(text is not None and not isinstance(text, str) for text in texts):
                raise TypeError
            token = cls(
                data["access_token"],
                texts[0],
                None if expires_at is None else _aware(expires_at),
                texts[1],
                texts[2],
                grant if grant in {"app", "user"} else None,
                tuple(_aware(moment) for moment in data.get("mints") or ()),
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            token = None
        if token is None:
            raise ValueError("this is no stored token")
        if token.access_token.__class__ is not str or not token.access_token:
            raise ValueError("this is no stored token: it has no access token")
        return token

    def __repr__(self) -> str:
        refresh = None if self.refresh_token is None else "***"
        known = {"expires_at": self.expires_at and self.expires_at.isoformat(), "grant": self.grant}
        more = "".join(f", {name}={value}" for name, value in known.items() if value)
        return f"{type(self).__name__}(access_token=***, refresh_token={refresh}{more})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Token is not pickled, so that it is not written anywhere by accident; keep it with to_dict()"
        )

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
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
