"""Where the samples of a waveform are, and how they are read."""

import re
from typing import Any
from urllib.parse import urlsplit

import attrs

from soundcloud._protocol.http.messages import Request, request_for_url
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import UnexpectedResponseError
from soundcloud.waveforms import Waveform
from soundcloud_api.types import Model

_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}sndcdn\.com", re.ASCII)


@attrs.define(repr=False)
class WaveformReply(Model):
    """The file with the samples of a waveform."""

    width: int | None = None
    height: int | None = None
    samples: list[int] | None = None


def waveform_request(waveform_url: str | None, web_url: str) -> Request | None:
    """The request for the samples: they are in a JSON file beside the picture.

    Args:
        waveform_url: The address of the picture, as the track has it.
        web_url: The address of soundcloud.com, or of the sandbox that stands for it.

    Returns:
        The request; None where the track has no picture of the usual form.

    Raises:
        UnexpectedResponseError: The address leads to another host than SoundCloud's.
    """
    # A field that differs from the document is as it came.
    given: Any = waveform_url
    try:
        parts = urlsplit(given if isinstance(given, str) else "")
    except ValueError:
        return None
    if not parts.path.endswith((".png", ".json")) or not parts.netloc:
        return None
    of_soundcloud = parts.scheme == "https" and _HOST.fullmatch(parts.netloc)
    web = urlsplit(web_url)
    if not of_soundcloud and (parts.scheme, parts.netloc) != (web.scheme, web.netloc):
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise UnexpectedResponseError(
            f"the waveform is said to be at {repr_value(place)}, which is not SoundCloud's; it was not asked",
            hint="for a sandbox give the client web_url=",
        )
    path = parts.path.removesuffix(".png").removesuffix(".json") + ".json"
    return request_for_url(parts._replace(path=path, fragment="").geturl(), WaveformReply, template="/{waveform}.json")


def read_waveform(response: WaveformReply) -> Waveform:
    """Read the samples.

    Raises:
        UnexpectedResponseError: There are none, or other things than numbers from 0.
    """
    samples, height = response.samples, response.height
    if (
        not isinstance(samples, list)
        or not samples
        or any(sample.__class__ is not int or sample < 0 for sample in samples)
    ):
        raise UnexpectedResponseError("the file with the waveform holds no samples")
    loudest = max(1, *samples)  # what is drawn is divided by it
    if height.__class__ is not int or height is None or height < loudest:
        height = loudest
    return Waveform(tuple(samples), len(samples), height)
