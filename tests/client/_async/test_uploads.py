"""Uploads to the sandbox: kinds of files, form fields, progress, quota, errors and `wait_until_playable`."""

import inspect
import io
import mmap
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from time import monotonic

import httpx
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    ConnectionFailedError,
    InvalidInputError,
    NotFoundError,
    NotReadyError,
    QuotaExceededError,
    RequestTimeoutError,
    Retry,
    ServerError,
    Timeout,
    UnexpectedResponseError,
    UnprocessableEntityError,
    UploadInterruptedError,
)
from soundcloud.caches import MemoryCache
from soundcloud.sandbox.media.sound import tone
from soundcloud.sandbox.media.streams import sound_name
from tests.helpers.forms import read_form
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.anyio

TONE = tone(0.05)
GIF = b"GIF89a" + bytes(30)
JPEG = b"\xff\xd8\xff\xe0" + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
TRACK = httpx.Response(201, json={"urn": "soundcloud:tracks:1", "title": "Night"})


def client_of(sandbox, **settings):
    return AsyncSoundCloudClient(**sandbox.client_settings(), **settings)


def mock_client(server, **settings):
    return AsyncSoundCloudClient(access_token="own", transport=server.transport, **settings)


def track_id(track):
    return int(track.urn.rpartition(":")[2])


def stored_bytes(sandbox, track):
    """Return the sound file that the sandbox stored."""
    path, _ = sandbox._state.uploads.get(sound_name(track_id(track)))
    return path.read_bytes()


def uploads(sandbox):
    return sandbox.requests.matching(method="POST", path="/tracks")


def parse(request):
    """Return the fields of a form, and its files as name, file name and bytes."""
    parts = read_form(request.content, request.headers["content-type"])
    fields = [(name, value) for name, value in parts if isinstance(value, str)]
    return fields, [(name, *value) for name, value in parts if not isinstance(value, str)]


class AsyncChunks:
    """An asynchronous iterator over bytes in chunks."""

    def __init__(self, content):
        self.pieces = iter([content[:10], b"", content[10:]])

    def __aiter__(self):
        return self

    async def __anext__(self):
        for piece in self.pieces:
            return piece
        raise StopAsyncIteration


class MinimalFile:
    """A file with `read`, `seek` and `tell` only."""

    def __init__(self, content):
        inner = io.BytesIO(content)
        self.read, self.seek, self.tell = inner.read, inner.seek, inner.tell


def file_path(folder):
    path = folder / "night.wav"
    path.write_bytes(TONE)
    return path


def file_at_an_offset(folder):
    path = folder / "middle.wav"
    path.write_bytes(b"something else" + TONE)
    file = path.open("rb")
    file.seek(14)
    return file


def spooled(folder):
    file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 - closed by the fixture
    file.write(TONE)
    file.seek(0)
    return file


KINDS = {
    "a string path": lambda folder: str(file_path(folder)),
    "a path": file_path,
    "bytes": lambda folder: TONE,
    "a bytearray": lambda folder: bytearray(TONE),
    "a memoryview": lambda folder: memoryview(TONE),
    "an open file": lambda folder: file_path(folder).open("rb"),
    "an unbuffered file": lambda folder: file_path(folder).open("rb", buffering=0),
    "a file at an offset": file_at_an_offset,
    "a file in memory": lambda folder: io.BytesIO(TONE),
    "a spooled file": spooled,
    "a minimal file": lambda folder: MinimalFile(TONE),
}
STREAMS = {
    "a list": lambda: [TONE[:7], TONE[7:]],
    "an iterator": lambda: iter([TONE[:7], b"", TONE[7:]]),
    "a generator": lambda: (TONE[start : start + 100] for start in range(0, len(TONE), 100)),
    "an iterator of the client": lambda: AsyncChunks(TONE),
}


@pytest.fixture
def make_file(tmp_path):
    """A function that makes a value to upload and closes it after the test."""
    with ExitStack() as stack:

        def make(function):
            value = function(tmp_path)
            if hasattr(value, "close"):
                stack.callback(value.close)
            return value

        yield make


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_file(sandbox, make_file, kind):
    value = make_file(KINDS[kind])
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(value, title="Night", filename="night.wav")

    assert stored_bytes(sandbox, track) == TONE
    assert uploads(sandbox)[0].body["track[asset_data]"] == {"filename": "night.wav", "size": len(TONE)}
    assert not getattr(value, "closed", False)  # the caller closes it


async def test_a_pipe_with_its_length(sandbox, make_file):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(
            make_file(filled_pipe), title="Night", length=len(TONE), filename="night.wav"
        )
        with pytest.raises(UploadInterruptedError, match="ended 1 bytes before"):
            await client.tracks.upload(make_file(filled_pipe), title="Night", length=len(TONE) + 1)

    assert stored_bytes(sandbox, track) == TONE


async def test_a_memory_map(sandbox, make_file):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(make_file(memory_map), title="Night", filename="night.wav")

    assert stored_bytes(sandbox, track) == TONE


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("transport", [None, httpx.AsyncHTTPTransport])
async def test_every_kind_of_stream(sandbox, kind, transport):
    settings = {} if transport is None else {"transport": transport()}
    async with client_of(sandbox, **settings) as client:
        track = await client.tracks.upload(STREAMS[kind](), title="Night", length=len(TONE), filename="a.wav")

    assert stored_bytes(sandbox, track) == TONE


async def test_file_names(mock_server, tmp_path):
    path = tmp_path / "Nächte “live” 夜.wav"
    path.write_bytes(TONE)
    server = mock_server(TRACK)
    async with mock_client(server) as client:
        await client.tracks.upload(path, title="Night")
        with path.open("rb") as file:
            await client.tracks.upload(file, title="Night")
        await client.tracks.upload(TONE, title="Night")
        await client.tracks.upload(path, title="Night", filename="other.wav")

    names = [parse(request)[1][0][1] for request in server.requests]
    assert names == ["Nachte live .wav", "Nachte live .wav", "track", "other.wav"]


def write_only(folder):
    return (folder / "new.wav").open("wb")


def closed(folder):
    with file_path(folder).open("rb") as file:
        return file


def pipe(folder):
    reading, writing = os.pipe()
    os.close(writing)
    return os.fdopen(reading, "rb")


def filled_pipe(folder):
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(TONE)  # fits in the buffer of a pipe
    return os.fdopen(reading, "rb")


def memory_map(folder):
    with file_path(folder).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def named_pipe(folder):
    os.mkfifo(folder / "pipe.wav")
    return folder / "pipe.wav"


def empty(folder):
    path = folder / "empty.wav"
    path.touch()
    return path


def at_its_end(folder):
    file = file_path(folder).open("rb")
    file.seek(0, 2)
    return file


def past_its_end(folder):
    file = file_path(folder).open("rb")
    file.seek(1_000_000)
    return file


def too_large(folder):
    path = folder / "large.wav"
    with path.open("wb") as file:
        file.truncate(4 * 2**30 + 1)  # a sparse file
    return path


def text_file_wrapper(folder):
    return tempfile.NamedTemporaryFile("w+", dir=folder)


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (lambda folder: file_path(folder).open(encoding="latin-1"), {}, r'open\(path, "rb"\)'),
        (lambda folder: io.StringIO("sound"), {}, r'open\(path, "rb"\)'),
        (text_file_wrapper, {}, "is empty"),
        (write_only, {}, "is empty|cannot be read"),
        (closed, {}, "closed"),
        (pipe, {}, "length of the file is unknown.*length="),
        (lambda folder: folder, {}, "is a folder"),
        (lambda folder: folder / "absent.wav", {}, "absent.wav cannot be read: No such file"),
        (lambda folder: "a\0b", {}, "is not a path"),
        (lambda folder: "", {}, "file is an empty string: pass a path"),
        (empty, {}, "empty.wav is empty"),
        (at_its_end, {}, r"file is at its end: call seek\(0\)"),
        (past_its_end, {}, r"file is at its end: call seek\(0\)"),
        (pipe, {"length": 0}, "pass the length of the file"),
        pytest.param(named_pipe, {}, r"is a pipe or a device - open it, .* length=$", marks=posix_only),
        (lambda folder: "RIFF" * 1000, {}, r"^'RIFF.{72}\.\.\. cannot be read"),
        (lambda folder: "RIFF\0" * 1000, {}, r"^'RIFF.{72}\.\.\. is not a path$"),
        (lambda folder: TONE.decode, {"length": 3}, "file: pass a path, bytes"),
        (lambda folder: b"", {}, "empty"),
        (too_large, {}, r"has 4,294,967,297 bytes: SoundCloud accepts at most 4 GB \(4,294,967,296 bytes\)"),
        (lambda folder: None, {}, "pass a path, bytes"),
        (lambda folder: 3, {}, "pass a path, bytes"),
        (lambda folder: iter([TONE]), {}, "pass the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": 0}, "pass the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": True}, "pass the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": "3"}, "pass the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": 5 * 2**30}, "at most 4 GB"),
        (lambda folder: TONE, {"length": len(TONE)}, "only an iterator of bytes needs a length"),
        (lambda folder: TONE, {"filename": ""}, "filename"),
        (lambda folder: TONE, {"filename": 3}, "filename"),
        (lambda folder: TONE, {"title": " "}, "title"),
        (lambda folder: TONE, {"title": "half a \ud800"}, r"track\[title\] holds half a surrogate pair"),
        (lambda folder: TONE, {"artwork": b"BM nothing"}, "GIF, JPEG or PNG"),
        (lambda folder: TONE, {"artwork": io.StringIO("x")}, r'open\(path, "rb"\)'),
        (lambda folder: TONE, {"artwork": iter([PNG])}, "pass a path, bytes"),
        (lambda folder: TONE, {"on_progress": 3}, "on_progress"),
        (lambda folder: TONE, {"sharing": "secret"}, "private, public"),
    ],
)
async def test_invalid_uploads_send_no_request(mock_server, make_file, make, settings, message):
    server, value = mock_server(TRACK), make_file(make)
    async with mock_client(server) as client:
        with pytest.raises(InvalidInputError, match=message):
            await client.tracks.upload(value, **{"title": "Night", **settings})

    assert server.requests == []


async def test_a_wrapped_text_file_is_refused(mock_server, tmp_path):
    server = mock_server(TRACK)
    with tempfile.NamedTemporaryFile("w+", dir=tmp_path) as file:
        file.write("sound")
        file.seek(0)
        async with mock_client(server) as client:
            with pytest.raises(InvalidInputError, match="does not return bytes"):
                await client.tracks.upload(file, title="Night")
            with pytest.raises(InvalidInputError, match="does not return bytes"):
                await client.tracks.upload(TONE, title="Night", artwork=file)

    assert server.requests == []


async def test_only_given_fields_are_sent(sandbox):
    async with client_of(sandbox) as client:
        plain = await client.tracks.upload(TONE, title="Night")
        full = await client.tracks.upload(
            TONE,
            title="Night II",
            description="One\r\ntwo\n",
            sharing="private",
            genre="Ambient",
            tag_list='"slow night" tape',
            license="cc-by",
            permalink="second-night",
            downloadable=False,
            streamable=True,
            commentable=False,
            reveal_stats=False,
            reveal_comments=True,
            embeddable_by="none",
            purchase_url="https://example.com/buy",
            label_name="Own",
            release="R-1",
            release_date=date(2026, 11, 23),
            isrc="QZ9Z92600001",
            artwork=PNG,
        )

    first, second = (upload.body for upload in uploads(sandbox))
    assert first == {"track[title]": "Night", "track[asset_data]": {"filename": "track", "size": len(TONE)}}
    assert second == {
        "track[title]": "Night II",
        "track[asset_data]": {"filename": "track", "size": len(TONE)},
        "track[artwork_data]": {"filename": "artwork", "size": len(PNG)},
        "track[description]": "One\r\ntwo\n",
        "track[sharing]": "private",
        "track[genre]": "Ambient",
        "track[tag_list]": '"slow night" tape',
        "track[license]": "cc-by",
        "track[permalink]": "second-night",
        "track[downloadable]": "false",
        "track[streamable]": "true",
        "track[commentable]": "false",
        "track[reveal_stats]": "false",
        "track[reveal_comments]": "true",
        "track[embeddable_by]": "none",
        "track[purchase_url]": "https://example.com/buy",
        "track[label_name]": "Own",
        "track[release]": "R-1",
        "track[release_date]": "2026-11-23",
        "track[isrc]": "QZ9Z92600001",
    }
    assert (plain.sharing, full.sharing, full.title, full.description) == (
        "public",
        "private",
        "Night II",
        "One\r\ntwo\n",
    )


HOSTILE = [
    'quote " and backslash \\',
    "line\r\nbreak",
    "line\nbreak\n",
    "lone \r return",
    '\r\nContent-Disposition: form-data; name="track[sharing]"\r\n\r\nprivate',
    "--boundary\r\n--boundary--\r\n",
    '"; filename="other.exe',
    "; filename*=utf-8''x",
    "%22 %0D%0A",
    "Ночь 夜 🌙 é",
    "x" * 300,
    "夜" * 300,
    "nul \0 byte",
    "data:text/evil;base64,x",
    "../../etc/passwd",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_strings_are_sent_unchanged(sandbox, text):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title=text, description=text, genre=text, filename=f"{text}.wav")

    body = uploads(sandbox)[0].body
    assert {*body} == {"track[title]", "track[asset_data]", "track[description]", "track[genre]"}
    assert (track.title, track.description, track.genre) == (text, text, text)
    assert track.sharing == "public"
    name = body["track[asset_data]"]["filename"]
    assert name.isascii()
    assert name.isprintable()
    assert len(name) <= 255
    assert name.endswith(".wav")
    assert not {*name} & {*'"\\/'}
    assert stored_bytes(sandbox, track) == TONE


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_contents_of_files(mock_server, text):
    content = PNG + text.encode() + b"\r\n--\r\n"
    server = mock_server(TRACK)
    async with mock_client(server) as client:
        await client.tracks.upload(content, title="Night", artwork=content, filename=text or "x")

    fields, found = parse(server.request)
    assert fields == [("track[title]", "Night")]
    assert [(name, sent) for name, _, sent in found] == [
        ("track[artwork_data]", content),
        ("track[asset_data]", content),
    ]
    boundary = server.request.headers["content-type"].rpartition("=")[2].encode()
    assert server.request.content.count(boundary) == 4
    assert len(server.request.content) == int(server.request.headers["content-length"])
    lines = [line for line in server.request.content.split(b"\r\n") if line.startswith(b"Content-Type: ")]
    assert lines == [b"Content-Type: image/png", b"Content-Type: application/octet-stream"]


async def test_each_form_has_its_own_boundary(mock_server):
    server = mock_server(TRACK)
    async with mock_client(server) as client:
        for _ in range(20):
            await client.tracks.upload(TONE, title="Night")

    assert len({request.headers["content-type"] for request in server.requests}) == 20


@pytest.mark.parametrize(
    ("content", "filename", "media_type"),
    [
        (TONE, "a.bin", "audio/wav"),
        (b"fLaC" + bytes(30), None, "audio/flac"),
        (b"OggS" + bytes(30), None, "audio/ogg"),
        (b"ID3\4" + bytes(30), None, "audio/mpeg"),
        (b"FORM\0\0\0\0AIFF" + bytes(30), None, "audio/aiff"),
        (b"unknown format", "a.mp3", "audio/mpeg"),
        (b"unknown format", None, "application/octet-stream"),
        (b"unknown format", "data:text/evil,x", "application/octet-stream"),
    ],
)
async def test_content_types_of_the_parts(mock_server, content, filename, media_type):
    server = mock_server(TRACK)
    async with mock_client(server) as client:
        await client.tracks.upload(content, title="Night", filename=filename, artwork=JPEG)

    parts = server.request.content.split(b"\r\n\r\n")
    types = [line.decode() for part in parts for line in part.split(b"\r\n") if line.startswith(b"Content-Type")]
    assert types == ["Content-Type: image/jpeg", f"Content-Type: {media_type}"]
    assert server.request.headers["content-type"].startswith("multipart/form-data; boundary=")


async def test_an_unknown_sound_format_is_sent_with_a_warning(mock_server, caplog):
    server = mock_server(TRACK)
    async with mock_client(server) as client:
        await client.tracks.upload(b"not a sound file", title="Night", filename="a.wav")
        await client.tracks.upload(TONE, title="Night", filename="b.wav")

    assert len(server.requests) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "a.wav does not look like AIFF, WAVE, FLAC, OGG, MP2, MP3, AAC, AMR or WMA; SoundCloud may reject it"
    ]


async def test_progress(sandbox):
    progress, sound = [], tone(20)
    async with client_of(sandbox) as client:
        await client.tracks.upload(
            sound, title="Night", artwork=PNG, on_progress=lambda sent, total: progress.append((sent, total))
        )

    total = len(sound) + len(PNG)
    assert {number for _, number in progress} == {total}
    assert [sent for sent, _ in progress] == sorted({sent for sent, _ in progress})
    assert progress[-1] == (total, total)
    assert len(progress) > 3


async def test_update_has_no_progress(sandbox):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night")
        with pytest.raises(TypeError):
            await client.tracks.update(track, artwork=PNG, on_progress=print)


@pytest.mark.parametrize("artwork", [GIF, JPEG, PNG])
async def test_artwork(sandbox, tmp_path, artwork):
    path = tmp_path / "cover.txt"  # the format is detected from the bytes
    path.write_bytes(artwork)
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night", artwork=path)
        changed = await client.tracks.update(track, artwork=io.BytesIO(GIF + b"other"), genre="Ambient")
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            response = await http.get(changed.artwork_url)

    assert track.artwork_url
    assert changed.artwork_url != track.artwork_url
    assert (changed.title, changed.genre) == ("Night", "Ambient")
    assert response.content == GIF + b"other"
    request = sandbox.requests.matching(method="PUT", path="/tracks/*")[0]
    assert {*request.body} == {"track[artwork_data]", "track[genre]"}


async def test_an_update_without_artwork_is_json(sandbox):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night", artwork=PNG)
        changed = await client.tracks.update(track, title="Day")
        with pytest.raises(InvalidInputError, match="GIF, JPEG or PNG"):
            await client.tracks.update(track, artwork=TONE)

    assert sandbox.requests.matching(method="PUT", path="/tracks/*")[0].body == {"track": {"title": "Day"}}
    assert (changed.title, changed.artwork_url) == ("Day", track.artwork_url)


async def test_publish_and_unpublish(sandbox):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night", sharing="private")
        published = await client.tracks.publish(track)
        hidden = await client.tracks.unpublish(track)

    assert (track.sharing, published.sharing, hidden.sharing) == ("private", "public", "private")
    bodies = [request.body for request in sandbox.requests.matching(method="PUT", path="/tracks/*")]
    assert bodies == [{"track": {"sharing": "public"}}, {"track": {"sharing": "private"}}]


def me(**quota):
    return httpx.Response(200, json={"kind": "user", "urn": "soundcloud:users:1", "quota": quota})


@pytest.mark.parametrize(
    ("quota", "value"),
    [
        ({"unlimited_upload_quota": True, "upload_seconds_left": None}, TONE),
        ({"unlimited_upload_quota": False, "upload_seconds_left": None}, TONE),
        ({"unlimited_upload_quota": False, "upload_seconds_left": 3}, tone(2)),
        ({"unlimited_upload_quota": False, "upload_seconds_left": 1}, b"a sound of unknown length"),
    ],
)
async def test_check_quota_with_enough_seconds_left(mock_server, quota, value):
    server = mock_server(me(**quota), TRACK)
    async with mock_client(server) as client:
        assert (await client.tracks.upload(value, title="Night", check_quota=True)).title == "Night"

    assert [request.url.path for request in server.requests] == ["/me", "/tracks"]


QUOTA = {"unlimited_upload_quota": False, "upload_seconds_left": 1, "upload_seconds_used": 10799}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"a file at an offset"}))
async def test_check_quota_with_too_few_seconds_left(mock_server, make_file, monkeypatch, kind):
    monkeypatch.setattr(sys.modules[__name__], "TONE", tone(2))
    server, value = mock_server(me(**QUOTA), TRACK), make_file(KINDS[kind])
    position = value.tell() if hasattr(value, "tell") else 0
    async with mock_client(server) as client:
        with pytest.raises(QuotaExceededError, match="the upload quota has 1 s left, but this audio has 2 s"):
            await client.tracks.upload(value, title="Night", check_quota=True)

    assert [request.url.path for request in server.requests] == ["/me"]
    if hasattr(value, "tell"):
        assert value.tell() == position


async def test_check_quota_with_no_seconds_left(mock_server):
    server = mock_server(me(**{**QUOTA, "upload_seconds_left": 0}), TRACK)
    async with mock_client(server) as client:
        with pytest.raises(QuotaExceededError, match="the upload quota has 0 s left"):
            await client.tracks.upload(iter([TONE]), title="Night", length=len(TONE), check_quota=True)

    assert len(server.requests) == 1


async def test_check_quota_of_a_pipe(mock_server, make_file):
    server = mock_server(me(**QUOTA), TRACK)
    async with mock_client(server) as client:
        value = make_file(filled_pipe)
        assert (await client.tracks.upload(value, title="Night", length=len(TONE), check_quota=True)).title == "Night"

    assert [request.url.path for request in server.requests] == ["/me", "/tracks"]


async def test_check_quota_without_mutagen_installed(mock_server, monkeypatch):
    monkeypatch.setitem(sys.modules, "mutagen", None)
    server = mock_server(me(**QUOTA), me(unlimited_upload_quota=True), TRACK)
    async with mock_client(server) as client:
        with pytest.raises(InvalidInputError, match=r"pip install 'soundcloud-sdk\[audio\]'"):
            await client.tracks.upload(TONE, title="Night", check_quota=True)
        await client.tracks.upload(TONE, title="Night", check_quota=True)

    assert [request.url.path for request in server.requests] == ["/me", "/me", "/tracks"]


async def test_check_quota_with_the_sandbox(sandbox):
    async with client_of(sandbox) as client:
        assert await client.tracks.upload(TONE, title="Night", check_quota=True)

    assert [request.path for request in sandbox.requests] == ["/me", "/tracks"]


@pytest.mark.parametrize(("change", "message"), [(-1000, "did it shrink"), (1000, "did it grow")])
async def test_a_file_that_changes_during_the_upload(sandbox, tmp_path, change, message):
    path = tmp_path / "night.wav"
    path.write_bytes(tone(60))
    size = path.stat().st_size
    changed = []

    def on_progress(sent, total):
        if not changed:
            os.truncate(path, size + change)
            changed.append(sent)

    async with client_of(sandbox) as client:
        with pytest.raises(UploadInterruptedError, match=message) as caught:
            await client.tracks.upload(path, title="Night", on_progress=on_progress)
        assert (await client.me.get_me()).username

    assert "creates no track from a partial file" in str(caught.value)
    assert (caught.value.method, caught.value.path) == ("POST", "/tracks")
    # The sandbox may log the aborted request later, or that of an earlier test.
    assert {request.status for request in uploads(sandbox)} <= {None, 400}


class FailingFile(io.BytesIO):
    """A file with a read error after 100,000 bytes."""

    def read(self, size=-1):
        if self.tell() > 100_000:
            raise OSError(5, "Input/output error")
        return super().read(size)


async def chunks_of(chunks):
    for chunk in chunks:
        yield chunk


async def test_a_read_error_during_the_upload(sandbox):
    async with client_of(sandbox) as client:
        with pytest.raises(UploadInterruptedError, match="Input/output error"):
            await client.tracks.upload(FailingFile(tone(60)), title="Night")
        with pytest.raises(UploadInterruptedError, match="yields str: bytes are needed"):
            await client.tracks.upload(iter(["sound"]), title="Night", length=5)
        chunks = chunks_of([None])
        with pytest.raises(UploadInterruptedError, match="yields NoneType: bytes are needed"):
            await client.tracks.upload(chunks, title="Night", length=5)
        await chunks.aclose()  # trio warns about one that is left open
        assert (await client.me.get_me()).username

    assert uploads(sandbox).matching(status=201) == []


UNKNOWN = "it is unknown whether SoundCloud created a track: check me.get_tracks()"


@pytest.mark.parametrize(
    ("response", "cls", "unknown"),
    [
        (httpx.Response(503, text="upstream connect error"), ServerError, True),
        (httpx.Response(500), ServerError, True),
        (httpx.ReadError("reset"), ConnectionFailedError, True),
        (httpx.ReadTimeout("late"), ConnectionFailedError, True),
        (httpx.Response(200, text="<html>hello</html>"), UnexpectedResponseError, True),
        (httpx.Response(422, json={"message": "unable to process"}), UnprocessableEntityError, False),
        (httpx.ConnectError("refused"), ConnectionFailedError, False),
    ],
)
async def test_the_error_says_whether_a_track_may_exist(mock_server, response, cls, unknown, retrying):
    server = mock_server(response)
    async with mock_client(server, retry=Retry(writes=True, max_retries=3, base_delay=0)) as client:
        with pytest.raises(cls) as caught:
            await client.tracks.upload(TONE, title="Night")

    assert (UNKNOWN in str(caught.value)) == unknown
    assert caught.value.retries == 0
    assert len(server.requests) == 1  # retry settings do not apply to uploads


async def test_wait_until_playable(sandbox):
    def finish_processing(telemetry):
        if telemetry.method == "GET":
            with sandbox._state.database.transaction():
                sandbox._state.database.update("tracks", track_id(track), {"ready_at": 0})

    sandbox.change_settings(processing_seconds=3600)
    async with client_of(sandbox, cache=MemoryCache()) as client:
        track = await client.tracks.upload(tone(2), title="Night")
        assert (await client.tracks.get_track(track)).duration == 0
        watched = client_of(sandbox, cache=MemoryCache(), on_request=finish_processing)
        async with watched:
            ready = await watched.tracks.wait_until_playable(track, timeout=30, interval=0.01)
            streams = await watched.tracks.get_streams(track)

    assert track.duration == 0
    assert ready.duration == 2000
    assert streams.hls_aac_160_url
    paths = [request.path for request in sandbox.requests if request.method == "GET"]
    assert paths[-2].endswith("/streams")
    assert len(paths) == 5  # one by get_track, two tracks and a list of streams while waiting, one by get_streams


async def test_the_defaults_of_wait_until_playable():
    parameters = inspect.signature(AsyncSoundCloudClient().tracks.wait_until_playable).parameters

    assert (parameters["timeout"].default, parameters["interval"].default) == (600, 2)


async def test_wait_until_playable_times_out(sandbox):
    sandbox.change_settings(processing_seconds=3600)
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night")
        with pytest.raises(NotReadyError, match=r"is not playable after 0\.3 s") as caught:
            await client.tracks.wait_until_playable(track, timeout=0.3, interval=0.05)

    assert (caught.value.track.urn, caught.value.track.title) == (track.urn, "Night")
    # The intervals grow: 0.05, 0.075, 0.11 seconds, and the rest.
    assert 1 <= len(sandbox.requests.matching(method="GET", path="/tracks/*")) <= 5


@pytest.mark.parametrize(
    ("total", "left", "least", "most"), [(None, 60, 50, 60), (9, 60, 9, 9), (60, 9, 5, 9), (None, -5, 0.001, 0.001)]
)
async def test_no_request_of_wait_until_playable_outlasts_it(mock_server, total, left, least, most):
    async with mock_client(mock_server(TRACK), timeout=Timeout(total=total), cache=MemoryCache()) as client:
        pipeline = client.tracks._uncached(monotonic() + left)

    assert least <= pipeline.timeout.total <= most
    assert pipeline.timeout.read == Timeout().read


async def test_a_track_without_streams_is_not_playable(mock_server):
    track = httpx.Response(200, json={"title": "Night", "duration": 1000})
    streams = httpx.Response(200, json={"hls_aac_160_url": "https://api.soundcloud.com/x"})
    server = mock_server(
        track, httpx.Response(404), track, httpx.Response(403), track, httpx.Response(200, json={}), track, streams
    )
    async with mock_client(server) as client:
        ready = await client.tracks.wait_until_playable(1, timeout=30, interval=0.001)

    assert ready.duration == 1000
    assert len(server.requests) == 8


@pytest.mark.parametrize("before", [[], [TRACK]], ids=["first", "later"])
async def test_a_timeout_within_the_time_of_wait_until_playable(mock_server, before):
    server = mock_server(*before, httpx.ReadTimeout("slow"))
    async with mock_client(server, max_retries=0) as client:
        with pytest.raises(RequestTimeoutError):
            await client.tracks.wait_until_playable(1, timeout=30, interval=0.001)


async def test_wait_until_playable_of_a_missing_track(sandbox):
    async with client_of(sandbox) as client:
        with pytest.raises(NotFoundError):
            await client.tracks.wait_until_playable(999_999_999_999)
        for wrong in ({"timeout": 0}, {"interval": -1}, {"timeout": "x"}):
            with pytest.raises(InvalidInputError):
                await client.tracks.wait_until_playable(1, **wrong)

    assert len(sandbox.requests) == 1


async def test_a_file_opened_by_path_is_closed(sandbox, tmp_path, monkeypatch):
    opened, plain_open = [], Path.open

    def recording_open(self, *arguments, **settings):
        opened.append(plain_open(self, *arguments, **settings))
        return opened[-1]

    path = file_path(tmp_path)
    monkeypatch.setattr(Path, "open", recording_open)
    async with client_of(sandbox) as client:
        await client.tracks.upload(path, title="Night", artwork=PNG)
        with pytest.raises(InvalidInputError, match="half a surrogate pair"):
            await client.tracks.upload(path, title="\ud800")

    assert opened
    assert all(file.closed for file in opened)
