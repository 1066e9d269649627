"""Records the responses of a block of code, for `client.capture_responses`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from soundcloud.responses import ResponseInfo


@attrs.define(eq=False)
class Capture:
    """The responses of one client in one block.

    Attributes:
        owner: The state that the client shares with its copies.
        responses: The responses so far.
        active: Whether the block runs; a task that outlives it adds nothing.
    """

    owner: object
    responses: list[ResponseInfo] = attrs.field(factory=list["ResponseInfo"])
    active: bool = True


captures: ContextVar[tuple[Capture, ...]] = ContextVar("soundcloud_captures", default=())
"""The captures of the current context: a task has those of the task that started it, a thread has none."""


@contextmanager
def capture_responses(owner: object) -> Generator[list[ResponseInfo], None, None]:
    """Record the responses of a client in the block."""
    capture = Capture(owner)
    token = captures.set((*captures.get(), capture))
    try:
        yield capture.responses
    finally:
        capture.active = False
        with suppress(ValueError):  # the block ends in another task, as in a fixture
            captures.reset(token)
