"""What `--debug` shows: each request with its outcome. Addresses are told without the secrets of share links, tokens never."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soundcloud.events import Event


def tell_event(event: "Event") -> None:
    """Write a line about an event to standard error."""
    from soundcloud.cli.output.formatting import printable
    from soundcloud.events import AttemptFinishedEvent, DriftEvent, RequestRetryingEvent, TokenRefreshedEvent

    match event:
        case AttemptFinishedEvent():
            outcome = event.status or f"no reply: {event.error}"
            request = f", request {event.request_id}" if event.request_id else ""
            # The endpoint of the tokens is asked without one.
            token = "" if event.template.startswith("/oauth/") else " (Authorization: ***)"
            line = f"{event.method} {event.url}{token} -> {outcome} in {event.duration:.3f} s{request}"
        case RequestRetryingEvent():
            line = f"{event.reason}: try {event.attempt + 1} in {event.delay:.1f} s"
        case TokenRefreshedEvent():
            line = f"a new token was got and stored, for the {event.grant or 'person'}"
        case DriftEvent():
            line = f"{event.operation}: differs from SoundCloud's document: {', '.join(map(str, event.drifts[:3]))}"
        case _:
            return
    sys.stderr.write(f"debug: {printable(line)}\n")
