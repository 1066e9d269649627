"""Signed audio URLs that expire, and what they serve: HLS playlists, segments, snippets and whole files.

A track plays the melody of its id. An uploaded MP3 is split into segments, which the snippet, the HLS stream in MP3 and the
whole file use. Other uploads are served as whole files only. There is no encoder: the AAC streams of an upload play the melody
for the duration of the upload. AAC segments are fragmented MP4, MP3 segments are plain MP3.
"""

import hmac
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.http.messages import Response
from soundcloud.sandbox.media.clips import AAC_FRAME_SAMPLES, MP3_FRAME_BYTES, MP3_FRAME_SAMPLES, RATE
from soundcloud.sandbox.media.fmp4 import make_fragment, make_header
from soundcloud.sandbox.media.melody import AAC_FRAME_SECONDS, MP3_FRAME_SECONDS, Melody
from soundcloud.sandbox.media.mp3 import Segments
from soundcloud.sandbox.state import State

PREVIEW_SECONDS = 30  # duration of a snippet
CORS_HEADERS = {"Access-Control-Allow-Origin": "*"}  # headers that let pages of other origins read a response

_PREVIEW_NAME, _PLAYLIST_NAME = "snippet.mp3", "playlist.m3u8"
# 9.984 s, a whole number of frames in both formats.
_SEGMENT_SAMPLES = 416 * MP3_FRAME_SAMPLES
_SEGMENT_SECONDS = _SEGMENT_SAMPLES / RATE
_AAC_FRAMES, _MP3_FRAMES = _SEGMENT_SAMPLES // AAC_FRAME_SAMPLES, _SEGMENT_SAMPLES // MP3_FRAME_SAMPLES
_AAC_BIT_RATES = {"aac_160": 160_000, "aac_96": 96_000}
_HLS = frozenset({*_AAC_BIT_RATES, "mp3_128"})
_SEGMENT_NAME = re.compile(r"([0-9]{1,9})\.(m4s|mp3)", re.ASCII)
_FRAMES_PER_CHUNK = 1024
_READ_BYTES = 2**18
_MPEG = "audio/mpeg"
_PATH = re.compile(r"(/sound/([0-9]+)/([0-9]+)/([a-z0-9_]+))/([a-z0-9]+\.[a-z0-9]+)", re.ASCII)
_EXTENSIONS = {
    _MPEG: "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "audio/aiff": "aiff",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file whose content is produced while it is sent; `read` yields the chunks between two offsets."""

    size: int
    media_type: str
    read: Callable[[int, int], Iterator[bytes]]


def sound_name(track_id: int) -> str:
    """Return the name of a track's audio in the upload store."""
    return f"sound-{track_id}"


def sign_playlist_url(state: State, track: Row, kind: str) -> str:
    """Return a signed URL of a track's HLS playlist: `aac_160`, `aac_96` or `mp3_128`."""
    return _sign_url(state, track, kind, _PLAYLIST_NAME)


def sign_preview_url(state: State, track: Row) -> str:
    """Return a signed URL of a track's snippet."""
    return _sign_url(state, track, "preview", _PREVIEW_NAME)


def sign_file_url(state: State, track: Row) -> str:
    """Return a signed URL of a track's whole file: the upload if it was stored, or an MP3."""
    return _sign_url(state, track, "whole", _file_name(state, track["id"]))


def serve(state: State, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Response | File:
    """Serve a signed audio URL: a playlist, a segment or a file.

    A request with a token gets 400, an expired URL or a wrong signature 403.
    """
    if "authorization" in headers:
        return text_response(400, "Only one way to authenticate is allowed: this URL is signed, leave the token out.")
    found = _PATH.fullmatch(path)
    if found is None:
        return text_response(404, "Not found")
    folder, track_id, duration, kind, name = found[1], int(found[2]), int(found[3]), found[4], found[5]
    expires, signature = query.get("expires", ""), query.get("signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII) or int(expires) <= state.clock.time():
        return text_response(403, "The URL has expired.")
    if not hmac.compare_digest(signature.encode(), _sign(state, folder, int(expires)).encode()):
        return text_response(403, "The signature of the URL does not match.")
    audio = _TrackAudio(state, track_id, duration / 1000)
    if name == _PREVIEW_NAME and kind == "preview":
        return audio.preview()
    if name == _file_name(state, track_id) and kind == "whole":
        return audio.whole()
    if name == _PLAYLIST_NAME and kind in _HLS:
        content = audio.playlist(kind, f"?expires={expires}&signature={signature}")
        return Response(content, headers=CORS_HEADERS, media_type="application/vnd.apple.mpegurl")
    part = audio.part(kind, name) if kind in _HLS else None
    return part or text_response(404, "Not found")


def text_response(status: int, content: str) -> Response:
    """Make a plain-text response."""
    return Response(content, status, CORS_HEADERS, "text/plain; charset=utf-8")


class _TrackAudio:
    """The audio of one track."""

    def __init__(self, state: State, track_id: int, seconds: float) -> None:
        self._track_id, self._seconds = track_id, seconds
        self._melody = Melody(track_id, seconds)
        name = sound_name(track_id)
        self._upload, self._segments = state.uploads.get(name), state.uploads.segments(name)

    def preview(self) -> File:
        if self._segments is not None and self._upload is not None:
            seconds, count = 0.0, 0
            while count < len(self._segments.seconds) and seconds < PREVIEW_SECONDS:
                seconds += self._segments.seconds[count]
                count += 1
            return _segment_file(self._upload[0], self._segments, 0, count)
        return self._melody_file(min(self._seconds, PREVIEW_SECONDS))

    def whole(self) -> File:
        if self._upload is None:
            return self._melody_file(self._seconds)
        path, media_type = self._upload
        return _stored_file(path, 0, path.stat().st_size, media_type)

    def playlist(self, kind: str, query: str) -> str:
        durations = self._durations(kind)
        is_fragmented = kind in _AAC_BIT_RATES
        lines = [
            "#EXTM3U",
            f"#EXT-X-VERSION:{6 if is_fragmented else 3}",
            f"#EXT-X-TARGETDURATION:{max(1, round(max(durations)))}",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
        ]
        if is_fragmented:
            lines.append(f'#EXT-X-MAP:URI="init.mp4{query}"')
        for index, duration in enumerate(durations):
            lines += [f"#EXTINF:{duration:.6f},", f"{index}.{_extension(kind)}{query}"]
        return "\n".join([*lines, "#EXT-X-ENDLIST", ""])

    def part(self, kind: str, name: str) -> File | None:
        if name == "init.mp4" and kind in _AAC_BIT_RATES:
            return _memory_file(make_header(_AAC_BIT_RATES[kind]), "audio/mp4")
        durations = self._durations(kind)
        found = _SEGMENT_NAME.fullmatch(name)
        if found is None or found[2] != _extension(kind) or int(found[1]) >= len(durations):
            return None
        index = int(found[1])
        if kind in _AAC_BIT_RATES:
            first, frame_bytes = index * _AAC_FRAMES, round(_AAC_BIT_RATES[kind] * AAC_FRAME_SECONDS / 8)
            count = min(_AAC_FRAMES, self._count_frames(AAC_FRAME_SECONDS) - first)
            content = make_fragment(index + 1, first, self._melody.aac(first, count, frame_bytes))
            return _memory_file(content, "audio/mp4")
        if self._segments is not None and self._upload is not None:
            tag = _timestamp_tag(sum(durations[:index]))
            return _segment_file(self._upload[0], self._segments, index, index + 1, tag)
        first = index * _MP3_FRAMES
        count = min(_MP3_FRAMES, self._count_frames(MP3_FRAME_SECONDS) - first)
        return _memory_file(_timestamp_tag(index * _SEGMENT_SECONDS) + self._melody.mp3(first, count), _MPEG)

    def _count_frames(self, frame_seconds: float) -> int:
        return max(1, round(self._seconds / frame_seconds))

    def _durations(self, kind: str) -> list[float]:
        if kind not in _AAC_BIT_RATES and self._segments is not None:
            return list(self._segments.seconds)
        frame = AAC_FRAME_SECONDS if kind in _AAC_BIT_RATES else MP3_FRAME_SECONDS
        full, rest = divmod(self._count_frames(frame), round(_SEGMENT_SECONDS / frame))
        return [_SEGMENT_SECONDS] * full + ([rest * frame] if rest else [])

    def _melody_file(self, seconds: float) -> File:
        frames = max(1, round(seconds / MP3_FRAME_SECONDS))
        # A snippet has an ending of its own.
        melody = Melody(self._track_id, seconds)

        def read(start: int, stop: int) -> Iterator[bytes]:
            for first in range(start // MP3_FRAME_BYTES, -(-stop // MP3_FRAME_BYTES), _FRAMES_PER_CHUNK):
                offset = first * MP3_FRAME_BYTES
                chunk = melody.mp3(first, min(_FRAMES_PER_CHUNK, frames - first))
                yield chunk[max(0, start - offset) : stop - offset]

        return File(frames * MP3_FRAME_BYTES, _MPEG, read)


def _sign_url(state: State, track: Row, kind: str, name: str) -> str:
    folder = f"/sound/{track['id']}/{track['duration']}/{kind}"
    expires = max(0, int(state.clock.time() + state.settings.media_lifetime))
    return f"{state.media_url}{folder}/{name}?expires={expires}&signature={_sign(state, folder, expires)}"


def _file_name(state: State, track_id: int) -> str:
    found = state.uploads.get(sound_name(track_id))
    return f"track.{_EXTENSIONS.get(found[1], 'bin')}" if found else "track.mp3"


def _sign(state: State, folder: str, expires: int) -> str:
    return hmac.new(state.signing_key, f"{folder}:{expires}".encode(), sha256).hexdigest()


def _extension(kind: str) -> str:
    return "m4s" if kind in _AAC_BIT_RATES else "mp3"


def _memory_file(content: bytes, media_type: str) -> File:
    return File(len(content), media_type, lambda start, stop: iter((content[start:stop],)))


def _stored_file(path: Path, begin: int, end: int, media_type: str, prefix: bytes = b"") -> File:
    """Return a part of a stored file, after a prefix."""

    def read(start: int, stop: int) -> Iterator[bytes]:
        yield prefix[start:stop]
        offset, last = begin + max(0, start - len(prefix)), begin + stop - len(prefix)
        with path.open("rb") as file:
            file.seek(offset)
            while offset < last and (chunk := file.read(min(_READ_BYTES, last - offset))):
                offset += len(chunk)
                yield chunk

    return File(len(prefix) + end - begin, media_type, read)


def _segment_file(path: Path, segments: Segments, first: int, stop: int, prefix: bytes = b"") -> File:
    return _stored_file(path, segments.offsets[first], segments.offsets[stop], _MPEG, prefix)


def _timestamp_tag(seconds: float) -> bytes:
    """Return the ID3 tag with the timestamp of an MP3 segment (RFC 8216 section 3.4)."""
    value = b"com.apple.streaming.transportStreamTimestamp\0" + struct.pack(">Q", round(seconds * 90_000) % 2**33)
    frame = b"PRIV" + struct.pack(">I", len(value)) + bytes(2) + value
    return b"ID3\4\0\0" + struct.pack(">I", len(frame)) + frame
