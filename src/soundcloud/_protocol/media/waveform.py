"""Request and read the samples of a waveform."""

import re
from typing import Any
from urllib.parse import urlsplit

from soundcloud._protocol.http.messages import Request, request_for_url
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import UnexpectedResponseError
from soundcloud.waveforms import Waveform
from soundcloud_api.types import Model, model

_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}sndcdn\.com", re.ASCII)


@model
class WaveformResponse(Model):
    """The JSON file with the samples of a waveform."""

    width: int | None = None
    height: int | None = None
    samples: list[int] | None = None


def waveform_request(waveform_url: str | None, web_url: str) -> Request | None:
    """Return the request for the samples, in a JSON file next to the image; None if the image's URL has no usual form."""
    # A field that does not match its type keeps the value of the response.
    given: Any = waveform_url
    try:
        parts = urlsplit(given if isinstance(given, str) else "")
    except ValueError:
        return None
    if not parts.path.endswith((".png", ".json")) or not parts.netloc:
        return None
    is_soundcloud = parts.scheme == "https" and _HOST.fullmatch(parts.netloc)
    web = urlsplit(web_url)
    if not is_soundcloud and (parts.scheme, parts.netloc) != (web.scheme, web.netloc):
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise UnexpectedResponseError(
            f"the waveform URL is on {repr_value(origin)}, which is not a host of SoundCloud; no request was sent",
            hint="for a sandbox, give the client web_url=",
        )
    path = parts.path.removesuffix(".png").removesuffix(".json") + ".json"
    return request_for_url(
        parts._replace(path=path, fragment="").geturl(), WaveformResponse, template="/{waveform}.json"
    )


def read_waveform(response: WaveformResponse) -> Waveform:
    """Read the samples; raise UnexpectedResponseError if they are not numbers from 0."""
    samples, height = response.samples, response.height
    if (
        not isinstance(samples, list)
        or not samples
        or any(sample.__class__ is not int or sample < 0 for sample in samples)
    ):
        raise UnexpectedResponseError("the waveform file has no valid samples")
    loudest = max(1, *samples)  # at least 1: drawing divides by it
    if height.__class__ is not int or height is None or height < loudest:
        height = loudest
    return Waveform(tuple(samples), len(samples), height)
