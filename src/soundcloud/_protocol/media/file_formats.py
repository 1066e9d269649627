"""Audio and image formats, detected by the first bytes of a file."""

HEAD = 16
"""The number of bytes that the functions need."""

AUDIO = "AIFF, WAVE, FLAC, OGG, MP2, MP3, AAC, AMR or WMA"
IMAGE = "GIF, JPEG or PNG"


def detect_audio_format(head: bytes) -> str | None:
    """Return the media type of audio that SoundCloud accepts, by its first 16 bytes; None for anything else."""
    match head[:4], head[8:12]:
        case (b"RIFF" | b"RF64", b"WAVE"):
            return "audio/wav"
        case b"FORM", b"AIFF" | b"AIFC":
            return "audio/aiff"
        case b"fLaC", _:
            return "audio/flac"
        case b"OggS", _:
            return "audio/ogg"
        case b"#!AM", _:
            return "audio/amr"
        case b"\x30\x26\xb2\x75", _:
            return "audio/x-ms-wma"
        case _:
            pass
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    if head[:3] == b"ID3":
        return "audio/mpeg"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "audio/aac" if head[1] & 0xF6 == 0xF0 else "audio/mpeg"
    return None


def detect_image_format(head: bytes) -> str | None:
    """Return the media type of an image that SoundCloud accepts, by its first 16 bytes; None for anything else."""
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if head.startswith(b"\x89PNG\r\n\x1a\n") else None
