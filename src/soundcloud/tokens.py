"""Tokens of OAuth 2.1, as values that do not show themselves."""

import attrs


@attrs.frozen
class Token:
    """What the token endpoint answers. The tokens are opaque and never shown by repr.

    Attributes:
        access_token: What requests are authorized with.
        refresh_token: What a new pair is got with, once; None when none came.
        expires_in: Seconds until the access token expires, counted from the reply; None when not said.
        scope: The scope; empty in practice.
        token_type: `Bearer` in practice; requests say `OAuth` all the same.
    """

    access_token: str = attrs.field(repr=False)
    refresh_token: str | None = attrs.field(default=None, repr=False)
    expires_in: int | None = None
    scope: str | None = None
    token_type: str | None = None
