"""What the steps of a call share."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import attrs

from soundcloud._deadline import AsyncDeadline
from soundcloud._instrumentation import CallSpan
from soundcloud._protocol.http.messages import Request, Response


@attrs.define(eq=False)
class AsyncCall:
    """One call on its way through the steps.

    Attributes:
        request: The request.
        token: The access token; `retry` replaces it when it renews it after a 401.
        deadline: The deadline.
        span: The instrumentation.
    """

    request: Request
    token: str | None = attrs.field(repr=False)
    deadline: AsyncDeadline
    span: CallSpan


AsyncStep: TypeAlias = Callable[[AsyncCall], Awaitable[Response]]
"""A step of a call, with all that follow it."""
