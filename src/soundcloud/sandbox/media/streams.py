"""The links to sound, signed and expiring, and what is behind them: playlists, segments, snippets, whole files.

A track plays the melody of its number. Of an uploaded MP3 the snippet, the HLS stream in MP3 and the file as a whole are cut
from its own bytes; of other uploads only the file as a whole is their own. There is no encoder here: the streams in AAC play
the melody, as long as the upload is. AAC comes as fragmented MP4, MP3 as it is.
"""

import hmac
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import time

from soundcloud.sandbox.http.messages import Response
from soundcloud.sandbox.media.fmp4 import fragment, head
from soundcloud.sandbox.media.melody import AAC_FRAME_SECONDS, MP3_FRAME_SECONDS, NOTE_SECONDS, Melody
from soundcloud.sandbox.media.mp3 import Cuts
from soundcloud.sandbox.media.notes import MP3_FRAME_BYTES
from soundcloud.sandbox.state import State

PREVIEW_SECONDS = 30
"""How long a snippet plays."""

PREVIEW_NAME, PLAYLIST_NAME = "snippet.mp3", "playlist.m3u8"
"""How the files of a snippet and of an HLS stream are called."""

OPEN = {"Access-Control-Allow-Origin": "*"}
"""What lets pages of other origins read an answer."""

_SEGMENT_NOTES = 26
_SEGMENT_SECONDS = _SEGMENT_NOTES * NOTE_SECONDS
_AAC_FRAMES, _MP3_FRAMES = round(_SEGMENT_SECONDS / AAC_FRAME_SECONDS), round(_SEGMENT_SECONDS / MP3_FRAME_SECONDS)
_AAC_BIT_RATES = {"aac_160": 160_000, "aac_96": 96_000}
_HLS = frozenset({*_AAC_BIT_RATES, "mp3_128"})
_SEGMENT = re.compile(r"([0-9]{1,9})\.(m4s|mp3)", re.ASCII)
_PIECE = 1024
_CHUNK = 2**18
_MPEG = "audio/mpeg"
_FILE = re.compile(r"(/sound/([0-9]+)/([0-9]+)/([a-z0-9_]+))/([a-z0-9]+\.[a-z0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class File:
    """Something to send, as a whole or in part, and made when it is sent.

    Attributes:
        size: How many bytes it has.
        media_type: What it is.
        read: Gives the bytes from one place to another, in pieces.
    """

    size: int
    media_type: str
    read: Callable[[int, int], Iterator[bytes]]


def sound_name(number: int) -> str:
    """Tell under which name the uploaded sound of a track is kept."""
    return f"sound-{number}"


def media_link(state: State, number: int, duration: int, kind: str, name: str) -> str:
    """Write a signed link to sound.

    Args:
        state: The sandbox.
        number: The track's id.
        duration: How long it plays, in milliseconds.
        kind: What it is: `aac_160`, `aac_96`, `mp3_128`, `preview` or `whole`.
        name: The file's name.

    Returns:
        A link that works for as long as the sandbox is set to.
    """
    folder, expires = f"/sound/{number}/{duration}/{kind}", max(0, int(time() + state.media.lifetime))
    return f"{state.media_url}{folder}/{name}?expires={expires}&signature={_signature(state, folder, expires)}"


def whole_name(state: State, number: int) -> str:
    """Name the file that holds a whole track: the uploaded one where it was kept, else an MP3."""
    found = state.uploads.find(sound_name(number))
    return f"track.{_ENDINGS.get(found[1], 'bin')}" if found else "track.mp3"


def serve(state: State, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Response | File:
    """Answer a request for sound.

    Args:
        state: The sandbox.
        path: The path.
        query: The query values.
        headers: The headers.

    Returns:
        A list of segments, a segment or a file; 400 where a token was sent along, 403 where the link is no good.
    """
    if "authorization" in headers:
        return text(400, "Only one way to authenticate is allowed: this link is signed, leave the token out.")
    found = _FILE.fullmatch(path)
    if found is None:
        return text(404, "Not found")
    folder, number, duration, kind, name = found[1], int(found[2]), int(found[3]), found[4], found[5]
    expires, signature = query.get("expires", ""), query.get("signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII) or int(expires) <= time():
        return text(403, "The link has expired.")
    if not hmac.compare_digest(signature.encode(), _signature(state, folder, int(expires)).encode()):
        return text(403, "The link's signature does not match.")
    source = _Source(state, number, duration / 1000)
    if name == PREVIEW_NAME and kind == "preview":
        return source.preview()
    if name == whole_name(state, number) and kind == "whole":
        return source.whole()
    if name == PLAYLIST_NAME and kind in _HLS:
        content = source.playlist(kind, f"?expires={expires}&signature={signature}")
        return Response(content, headers=OPEN, media_type="application/vnd.apple.mpegurl")
    part = source.part(kind, name) if kind in _HLS else None
    return part or text(404, "Not found")


def text(status: int, content: str) -> Response:
    """Make an answer of plain text."""
    return Response(content, status, OPEN, "text/plain; charset=utf-8")


_ENDINGS = {
    _MPEG: "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "audio/aiff": "aiff",
}


class _Source:
    """The sound of one track."""

    def __init__(self, state: State, number: int, seconds: float) -> None:
        self._melody, self._seconds, self._number = Melody(number), seconds, number
        name = sound_name(number)
        self._upload, self._cuts = state.uploads.find(name), state.uploads.cuts(name)

    def preview(self) -> File:
        if self._cuts is not None and self._upload is not None:
            seconds, pieces = 0.0, 0
            while pieces < len(self._cuts.seconds) and seconds < PREVIEW_SECONDS:
                seconds += self._cuts.seconds[pieces]
                pieces += 1
            return _part_of(self._upload[0], self._cuts, 0, pieces)
        return self._melody_file(min(self._seconds, PREVIEW_SECONDS))

    def whole(self) -> File:
        if self._upload is None:
            return self._melody_file(self._seconds)
        path, media_type = self._upload
        return _stored(path, 0, path.stat().st_size, media_type)

    def playlist(self, kind: str, tail: str) -> str:
        lengths = self._lengths(kind)
        in_fragments = kind in _AAC_BIT_RATES
        lines = [
            "#EXTM3U",
            f"#EXT-X-VERSION:{6 if in_fragments else 3}",
            f"#EXT-X-TARGETDURATION:{max(1, round(max(lengths)))}",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
        ]
        if in_fragments:
            lines.append(f'#EXT-X-MAP:URI="init.mp4{tail}"')
        for index, length in enumerate(lengths):
            lines += [f"#EXTINF:{length:.6f},", f"{index}.{_ending(kind)}{tail}"]
        return "\n".join([*lines, "#EXT-X-ENDLIST", ""])

    def part(self, kind: str, name: str) -> File | None:
        if name == "init.mp4" and kind in _AAC_BIT_RATES:
            return _made(head(_AAC_BIT_RATES[kind]), "audio/mp4")
        lengths = self._lengths(kind)
        found = _SEGMENT.fullmatch(name)
        if found is None or found[2] != _ending(kind) or int(found[1]) >= len(lengths):
            return None
        index = int(found[1])
        if kind in _AAC_BIT_RATES:
            first, bytes_a_frame = index * _AAC_FRAMES, round(_AAC_BIT_RATES[kind] * AAC_FRAME_SECONDS / 8)
            count = min(_AAC_FRAMES, self._frames(AAC_FRAME_SECONDS) - first)
            content = fragment(index + 1, first, self._melody.aac(first, count, bytes_a_frame))
            return _made(content, "audio/mp4")
        if self._cuts is not None and self._upload is not None:
            return _part_of(self._upload[0], self._cuts, index, index + 1, _timestamp_tag(sum(lengths[:index])))
        first = index * _MP3_FRAMES
        count = min(_MP3_FRAMES, self._frames(MP3_FRAME_SECONDS) - first)
        return _made(_timestamp_tag(index * _SEGMENT_SECONDS) + self._melody.mp3(first, count), _MPEG)

    def _frames(self, frame_seconds: float) -> int:
        return max(1, round(self._seconds / frame_seconds))

    def _lengths(self, kind: str) -> list[float]:
        if kind not in _AAC_BIT_RATES and self._cuts is not None:
            return list(self._cuts.seconds)
        frame = AAC_FRAME_SECONDS if kind in _AAC_BIT_RATES else MP3_FRAME_SECONDS
        full, rest = divmod(self._frames(frame), round(_SEGMENT_SECONDS / frame))
        return [_SEGMENT_SECONDS] * full + ([rest * frame] if rest else [])

    def _melody_file(self, seconds: float) -> File:
        frames = max(1, round(seconds / MP3_FRAME_SECONDS))

        def read(start: int, stop: int) -> Iterator[bytes]:
            for first in range(start // MP3_FRAME_BYTES, -(-stop // MP3_FRAME_BYTES), _PIECE):
                place = first * MP3_FRAME_BYTES
                yield self._melody.mp3(first, min(_PIECE, frames - first))[max(0, start - place) : stop - place]

        return File(frames * MP3_FRAME_BYTES, _MPEG, read)


def _signature(state: State, folder: str, expires: int) -> str:
    return hmac.new(state.signing_key, f"{folder}:{expires}".encode(), sha256).hexdigest()


def _ending(kind: str) -> str:
    return "m4s" if kind in _AAC_BIT_RATES else "mp3"


def _made(content: bytes, media_type: str) -> File:
    return File(len(content), media_type, lambda start, stop: iter((content[start:stop],)))


def _stored(path: Path, begin: int, end: int, media_type: str, before: bytes = b"") -> File:
    """Make a file of a part of a stored one, with something in front."""

    def read(start: int, stop: int) -> Iterator[bytes]:
        yield before[start:stop]
        place, last = begin + max(0, start - len(before)), begin + stop - len(before)
        with path.open("rb") as file:
            file.seek(place)
            while place < last and (piece := file.read(min(_CHUNK, last - place))):
                place += len(piece)
                yield piece

    return File(len(before) + end - begin, media_type, read)


def _part_of(path: Path, cuts: Cuts, first: int, stop: int, before: bytes = b"") -> File:
    return _stored(path, cuts.places[first], cuts.places[stop], _MPEG, before)


def _timestamp_tag(seconds: float) -> bytes:
    """Write the ID3 tag that a segment of plain MP3 begins with: when it plays (RFC 8216, 3.4)."""
    value = b"com.apple.streaming.transportStreamTimestamp\0" + struct.pack(">Q", round(seconds * 90_000) % 2**33)
    frame = b"PRIV" + struct.pack(">I", len(value)) + bytes(2) + value
    return b"ID3\4\0\0" + struct.pack(">I", len(frame)) + frame
