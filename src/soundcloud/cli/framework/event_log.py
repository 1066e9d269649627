"""The output of `--debug`: each request and its result, without tokens and without the secrets of share links."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soundcloud.events import Event


def print_event(event: "Event") -> None:
    """Write one line about an event to standard error."""
    from soundcloud._protocol.printable import to_printable
    from soundcloud.cli.output.terminal import write_message
    from soundcloud.events import AttemptFinishedEvent, DriftEvent, RequestRetryingEvent, TokenRefreshedEvent

    match event:
        case AttemptFinishedEvent():
            result = event.status or f"no response: {event.error}"
            request = f", request {event.request_id}" if event.request_id else ""
            # Token requests carry no access token.
            token = "" if event.template.startswith("/oauth/") else " (Authorization: ***)"
            line = f"{event.method} {event.url}{token} -> {result} in {event.duration:.3f} s{request}"
        case RequestRetryingEvent():
            line = f"{event.reason}: attempt {event.attempt + 1} in {event.delay:.1f} s"
        case TokenRefreshedEvent():
            line = f"obtained and stored a new {event.grant or 'user'} token"
        case DriftEvent():
            line = f"{event.operation}: the response differs from the OpenAPI document: {', '.join(map(str, event.drifts[:3]))}"
        case _:
            return
    write_message(f"debug: {to_printable(line)}")


def print_request(method: str, url: str, result: str, seconds: float) -> None:
    """Write one line about a request without events to standard error."""
    from soundcloud._protocol.printable import to_printable
    from soundcloud.cli.output.terminal import write_message
    from soundcloud_api.types import redact

    write_message(
        f"debug: {to_printable(f'{method} {redact(url)} (Authorization: ***) -> {result} in {seconds:.3f} s')}"
    )
