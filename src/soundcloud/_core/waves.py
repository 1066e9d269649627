"""Where the samples of a waveform are, and how they are read."""

from urllib.parse import urlsplit

import attrs

from soundcloud._core.request import Call, call_elsewhere
from soundcloud.errors import UnexpectedReplyError
from soundcloud.waveforms import Waveform
from soundcloud_api.types import Model

_DOMAIN = "sndcdn.com"


@attrs.define(repr=False)
class WaveformReply(Model):
    """The file with the samples of a waveform."""

    width: int | None = None
    height: int | None = None
    samples: list[int] | None = None


def waveform_call(waveform_url: str | None, web_url: str) -> Call | None:
    """The request for the samples: they are in a JSON file beside the picture.

    Args:
        waveform_url: The address of the picture, as the track has it.
        web_url: The address of soundcloud.com, or of the sandbox that stands for it.

    Returns:
        The request; None where the track has no picture of the usual form.

    Raises:
        UnexpectedReplyError: The address leads to another host than SoundCloud's.
    """
    try:
        parts = urlsplit(waveform_url or "")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not parts.path.endswith((".png", ".json")) or not host:
        return None
    secure = parts.scheme == "https" and parts.port in {None, 443} and "@" not in parts.netloc
    of_soundcloud = secure and host.isascii() and (host == _DOMAIN or host.endswith(f".{_DOMAIN}"))
    if not of_soundcloud and f"{parts.scheme}://{parts.netloc}" != _origin(web_url):
        raise UnexpectedReplyError(
            f"the waveform is said to be at {host}, which is not SoundCloud's; it was not asked",
            hint="for a sandbox give the client web_url=",
        )
    path = parts.path.removesuffix(".png").removesuffix(".json") + ".json"
    return call_elsewhere(parts._replace(path=path, fragment="").geturl(), WaveformReply)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def read_waveform(reply: WaveformReply) -> Waveform:
    """Read the samples.

    Raises:
        UnexpectedReplyError: There are none, or no numbers.
    """
    samples, height = reply.samples, reply.height
    if not isinstance(samples, list) or not samples or any(sample.__class__ is not int for sample in samples):
        raise UnexpectedReplyError("the file with the waveform holds no samples")
    if height.__class__ is not int or height is None or height < max(samples):
        height = max(1, *samples)
    return Waveform(tuple(samples), len(samples), height)
