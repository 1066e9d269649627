"""Writes fragmented MP4 for the AAC segments of HLS: a header and self-contained fragments (ISO 14496-12, -14)."""

import struct
from collections.abc import Sequence

from soundcloud.sandbox.media.clips import AAC_FRAME_SAMPLES, RATE

# AAC-LC, 48 kHz, two channels.
_AUDIO_CONFIG = bytes((0x11, 0x90))
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_TRACK = 1
# sample_depends_on = 2: no frame depends on another.
_INDEPENDENT = 0x02000000


def make_header(bit_rate: int) -> bytes:
    """Return the header that all fragments share, for `EXT-X-MAP`; the bit rate is in bits per second."""
    return _box(b"ftyp", b"iso6", bytes(4), b"iso6", b"mp42", b"dash") + _box(
        b"moov",
        # Durations are 0: they are in the fragments.
        _full(
            b"mvhd",
            0,
            0,
            struct.pack(">4I", 0, 0, RATE, 0),
            struct.pack(">IH2x", 0x10000, 0x100),  # rate 1.0 and volume 1.0
            bytes(8),
            _MATRIX,
            bytes(24),
            _number(2),
        ),
        _box(b"trak", _track_header(), _box(b"mdia", *_media_headers(), _box(b"minf", *_sample_tables(bit_rate)))),
        _box(b"mvex", _full(b"trex", 0, 0, struct.pack(">5I", _TRACK, 1, AAC_FRAME_SAMPLES, 0, _INDEPENDENT))),
    )


def make_fragment(sequence: int, first_frame: int, frames: Sequence[bytes]) -> bytes:
    """Return AAC frames without headers as one fragment; `sequence` counts from 1, `first_frame` from 0."""
    sizes = struct.pack(f">{len(frames)}I", *map(len, frames))
    # The data offset depends on the size of `moof`, which does not depend on the offset.
    moof = _moof(sequence, first_frame, len(frames), 0, sizes)
    moof = _moof(sequence, first_frame, len(frames), len(moof) + 8, sizes)
    return _box(b"styp", b"msdh", bytes(4), b"msdh", b"iso6") + moof + _box(b"mdat", *frames)


def _moof(sequence: int, first_frame: int, count: int, offset: int, sizes: bytes) -> bytes:
    return _box(
        b"moof",
        _full(b"mfhd", 0, 0, _number(sequence)),
        _box(
            b"traf",
            # 0x20000, default-base-is-moof: offsets count from the start of `moof`.
            _full(b"tfhd", 0, 0x20000, _number(_TRACK)),
            _full(b"tfdt", 1, 0, struct.pack(">Q", first_frame * AAC_FRAME_SAMPLES)),
            # 0x201: data offset and sample sizes are present.
            _full(b"trun", 0, 0x201, struct.pack(">Ii", count, offset), sizes),
        ),
    )


def _track_header() -> bytes:
    # 7: enabled, in movie, in preview.
    return _full(b"tkhd", 0, 7, struct.pack(">5I", 0, 0, _TRACK, 0, 0), bytes(12), b"\1\0", bytes(2), _MATRIX, bytes(8))


def _media_headers() -> tuple[bytes, bytes]:
    undetermined = b"\x55\xc4"
    return (
        _full(b"mdhd", 0, 0, struct.pack(">4I", 0, 0, RATE, 0), undetermined, bytes(2)),
        _full(b"hdlr", 0, 0, bytes(4), b"soun", bytes(12), b"sound\0"),
    )


def _sample_tables(bit_rate: int) -> tuple[bytes, bytes, bytes]:
    entry = struct.pack(">6xH8xHH4xI", 1, 2, 16, RATE << 16)
    decoder = _descriptor(4, b"\x40\x15", bytes(3), _number(bit_rate) * 2, _descriptor(5, _AUDIO_CONFIG))
    description = _descriptor(3, b"\0\1\0", decoder, _descriptor(6, b"\2"))
    empty = tuple(
        _full(name, 0, 0, bytes(size)) for name, size in ((b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4))
    )
    sample = _full(b"stsd", 0, 0, _number(1), _box(b"mp4a", entry, _full(b"esds", 0, 0, description)))
    return (
        _full(b"smhd", 0, 0, bytes(4)),
        # 1: the samples are in the same file.
        _box(b"dinf", _full(b"dref", 0, 0, _number(1), _full(b"url ", 0, 1))),
        _box(b"stbl", sample, *empty),
    )


def _number(value: int) -> bytes:
    return struct.pack(">I", value)


def _box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return _number(len(content) + 8) + name + content


def _full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(name, bytes((version,)), flags.to_bytes(3, "big"), *parts)


def _descriptor(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes((tag, len(content))) + content
