"""Uploads as the sandbox receives them: every kind of file, exactly the fields that were given, progress, quota, waiting."""

import io
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import httpx
import pytest
from python_multipart.multipart import parse_form

from soundcloud import (
    AsyncSoundCloudClient,
    ConnectionFailedError,
    InvalidInputError,
    NotFoundError,
    NotReadyError,
    QuotaExceededError,
    Retry,
    ServerError,
    UnexpectedResponseError,
    UnprocessableEntityError,
    UploadInterruptedError,
)
from soundcloud.caches import MemoryCache
from soundcloud.sandbox.media.sound import tone
from soundcloud.sandbox.media.streams import sound_name

pytestmark = pytest.mark.anyio

TONE = tone(0.05)
GIF = b"GIF89a" + bytes(30)
JPEG = b"\xff\xd8\xff\xe0" + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
TRACK = httpx.Response(201, json={"urn": "soundcloud:tracks:1", "title": "Night"})


def client_of(sandbox, **settings):
    return AsyncSoundCloudClient(**sandbox.client_settings(), **settings)


def own_transport(server, **settings):
    return AsyncSoundCloudClient(access_token="own", transport=server.transport, **settings)


def number_of(track):
    return int(track.urn.rpartition(":")[2])


def kept(sandbox, track):
    """The bytes of an upload's sound, as they arrived."""
    path, _ = sandbox._state.uploads.get(sound_name(number_of(track)))
    return path.read_bytes()


def uploads(sandbox):
    return sandbox.requests.matching(method="POST", path="/tracks")


def received(request):
    """The fields of a form, and its files by name as file name and bytes, as python-multipart reads them."""
    fields, found = [], []
    headers = {"Content-Type": request.headers["content-type"], "Content-Length": request.headers["content-length"]}

    def on_file(file):
        file.file_object.seek(0)
        found.append((file.field_name.decode(), file.file_name.decode(), file.file_object.read()))
        file.close()

    parse_form(
        headers,
        io.BytesIO(request.content),
        lambda field: fields.append((field.field_name.decode(), (field.value or b"").decode())),
        on_file,
    )
    return fields, found


class AsyncBytes:
    """Bytes in pieces."""

    def __init__(self, content):
        self.pieces = iter([content[:10], b"", content[10:]])

    def __aiter__(self):
        return self

    async def __anext__(self):
        for piece in self.pieces:
            return piece
        raise StopAsyncIteration


class OwnFile:
    """A file of a program's own: it can be read, and says where it stands."""

    def __init__(self, content):
        inner = io.BytesIO(content)
        self.read, self.seek, self.tell = inner.read, inner.seek, inner.tell


def on_disk(folder):
    path = folder / "night.wav"
    path.write_bytes(TONE)
    return path


def from_the_middle(folder):
    path = folder / "middle.wav"
    path.write_bytes(b"something else" + TONE)
    file = path.open("rb")
    file.seek(14)
    return file


def spooled(folder):
    file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 - who makes it closes it
    file.write(TONE)
    file.seek(0)
    return file


KINDS = {
    "a path as text": lambda folder: str(on_disk(folder)),
    "a path": on_disk,
    "bytes": lambda folder: TONE,
    "a bytearray": lambda folder: bytearray(TONE),
    "a memoryview": lambda folder: memoryview(TONE),
    "an open file": lambda folder: on_disk(folder).open("rb"),
    "an unbuffered file": lambda folder: on_disk(folder).open("rb", buffering=0),
    "a file in its middle": from_the_middle,
    "a file in memory": lambda folder: io.BytesIO(TONE),
    "a spooled file": spooled,
    "a file of one's own": lambda folder: OwnFile(TONE),
}
STREAMS = {
    "a list": lambda: [TONE[:7], TONE[7:]],
    "an iterator": lambda: iter([TONE[:7], b"", TONE[7:]]),
    "a generator": lambda: (TONE[start : start + 100] for start in range(0, len(TONE), 100)),
    "a stream": lambda: AsyncBytes(TONE),
}


@pytest.fixture
def made(tmp_path):
    """Makes something to upload in a folder, and closes it when the test is over."""
    with ExitStack() as stack:

        def make(function):
            value = function(tmp_path)
            if hasattr(value, "close"):
                stack.callback(value.close)
            return value

        yield make


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_file(sandbox, made, kind):
    value = made(KINDS[kind])
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(value, title="Night", filename="night.wav")

    assert kept(sandbox, track) == TONE
    assert uploads(sandbox)[0].body["track[asset_data]"] == {"filename": "night.wav", "size": len(TONE)}
    assert not getattr(value, "closed", False)  # whoever opened it closes it


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("transport", [None, httpx.AsyncHTTPTransport])
async def test_every_kind_of_stream(sandbox, kind, transport):
    settings = {} if transport is None else {"transport": transport()}
    async with client_of(sandbox, **settings) as client:
        track = await client.tracks.upload(STREAMS[kind](), title="Night", length=len(TONE), filename="a.wav")

    assert kept(sandbox, track) == TONE


async def test_its_own_name_or_the_given_one(recording, tmp_path):
    path = tmp_path / "Nächte “live” 夜.wav"
    path.write_bytes(TONE)
    server = recording(TRACK)
    async with own_transport(server) as client:
        await client.tracks.upload(path, title="Night")
        with path.open("rb") as file:
            await client.tracks.upload(file, title="Night")
        await client.tracks.upload(TONE, title="Night")
        await client.tracks.upload(path, title="Night", filename="other.wav")

    names = [received(request)[1][0][1] for request in server.requests]
    assert names == ["Nachte live .wav", "Nachte live .wav", "track", "other.wav"]


def write_only(folder):
    return (folder / "new.wav").open("wb")


def closed(folder):
    with on_disk(folder).open("rb") as file:
        return file


def pipe(folder):
    reading, writing = os.pipe()
    os.close(writing)
    return os.fdopen(reading, "rb")


def empty(folder):
    path = folder / "empty.wav"
    path.touch()
    return path


def at_its_end(folder):
    file = on_disk(folder).open("rb")
    file.seek(0, 2)
    return file


def past_its_end(folder):
    file = on_disk(folder).open("rb")
    file.seek(1_000_000)
    return file


def too_large(folder):
    path = folder / "large.wav"
    with path.open("wb") as file:
        file.truncate(4 * 2**30 + 1)  # takes no room: nothing is written
    return path


def text_in_disguise(folder):
    return tempfile.NamedTemporaryFile("w+", dir=folder)


@pytest.mark.parametrize(
    ("make", "settings", "says"),
    [
        (lambda folder: on_disk(folder).open(encoding="latin-1"), {}, r'open\(path, "rb"\)'),
        (lambda folder: io.StringIO("sound"), {}, r'open\(path, "rb"\)'),
        (text_in_disguise, {}, "is empty"),
        (write_only, {}, "is empty|cannot be read"),
        (closed, {}, "closed"),
        (pipe, {}, "length of the file is unknown.*length="),
        (lambda folder: folder, {}, "is a folder"),
        (lambda folder: folder / "absent.wav", {}, "absent.wav cannot be read: No such file"),
        (lambda folder: "a\0b", {}, "is not a path"),
        (empty, {}, "empty.wav is empty"),
        (at_its_end, {}, "empty"),
        (past_its_end, {}, "empty"),
        (lambda folder: b"", {}, "empty"),
        (too_large, {}, "4.0 GB: SoundCloud accepts at most 4 GB"),
        (lambda folder: None, {}, "give a path, bytes"),
        (lambda folder: 3, {}, "give a path, bytes"),
        (lambda folder: iter([TONE]), {}, "give the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": 0}, "give the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": True}, "give the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": "3"}, "give the length of the iterator"),
        (lambda folder: iter([TONE]), {"length": 5 * 2**30}, "at most 4 GB"),
        (lambda folder: TONE, {"length": len(TONE)}, "only an iterator of bytes needs a length"),
        (lambda folder: TONE, {"filename": ""}, "filename"),
        (lambda folder: TONE, {"filename": 3}, "filename"),
        (lambda folder: TONE, {"title": " "}, "title"),
        (lambda folder: TONE, {"title": "half a \ud800"}, "half a surrogate pair"),
        (lambda folder: TONE, {"artwork": b"BM nothing"}, "GIF, JPEG or PNG"),
        (lambda folder: TONE, {"artwork": io.StringIO("x")}, r'open\(path, "rb"\)'),
        (lambda folder: TONE, {"artwork": iter([PNG])}, "give a path, bytes"),
        (lambda folder: TONE, {"on_progress": 3}, "on_progress"),
        (lambda folder: TONE, {"sharing": "secret"}, "private, public"),
    ],
)
async def test_what_cannot_be_sent_is_named_before(recording, made, make, settings, says):
    server, value = recording(TRACK), made(make)
    async with own_transport(server) as client:
        with pytest.raises(InvalidInputError, match=says):
            await client.tracks.upload(value, **{"title": "Night", **settings})

    assert server.requests == []


async def test_text_in_the_clothes_of_a_file(recording, tmp_path):
    server = recording(TRACK)
    with tempfile.NamedTemporaryFile("w+", dir=tmp_path) as file:
        file.write("sound")
        file.seek(0)
        async with own_transport(server) as client:
            with pytest.raises(InvalidInputError, match="does not return bytes"):
                await client.tracks.upload(file, title="Night")
            with pytest.raises(InvalidInputError, match="does not return bytes"):
                await client.tracks.upload(TONE, title="Night", artwork=file)

    assert server.requests == []


async def test_only_what_is_given_is_sent(sandbox):
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
async def test_hostile_names_and_contents_stay_what_they_are(sandbox, text):
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
    assert kept(sandbox, track) == TONE


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_contents_of_files(recording, text):
    content = PNG + text.encode() + b"\r\n--\r\n"
    server = recording(TRACK)
    async with own_transport(server) as client:
        await client.tracks.upload(content, title="Night", artwork=content, filename=text or "x")

    fields, found = received(server.request)
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


async def test_each_form_has_a_boundary_of_its_own(recording):
    server = recording(TRACK)
    async with own_transport(server) as client:
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
        (b"nothing that is known", "a.mp3", "audio/mpeg"),
        (b"nothing that is known", None, "application/octet-stream"),
        (b"nothing that is known", "data:text/evil,x", "application/octet-stream"),
    ],
)
async def test_each_part_says_what_it_is(recording, content, filename, media_type):
    server = recording(TRACK)
    async with own_transport(server) as client:
        await client.tracks.upload(content, title="Night", filename=filename, artwork=JPEG)

    parts = server.request.content.split(b"\r\n\r\n")
    types = [line.decode() for part in parts for line in part.split(b"\r\n") if line.startswith(b"Content-Type")]
    assert types == ["Content-Type: image/jpeg", f"Content-Type: {media_type}"]
    assert server.request.headers["content-type"].startswith("multipart/form-data; boundary=")


async def test_a_sound_that_looks_like_none_is_sent_with_a_warning(recording, caplog):
    server = recording(TRACK)
    async with own_transport(server) as client:
        await client.tracks.upload(b"no sound at all, it seems", title="Night", filename="a.wav")
        await client.tracks.upload(TONE, title="Night", filename="b.wav")

    assert len(server.requests) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "a.wav does not look like AIFF, WAVE, FLAC, OGG, MP2, MP3, AAC, AMR or WMA; SoundCloud may reject it"
    ]


async def test_progress(sandbox):
    told, sound = [], tone(20)
    async with client_of(sandbox) as client:
        await client.tracks.upload(
            sound, title="Night", artwork=PNG, on_progress=lambda sent, total: told.append((sent, total))
        )

    total = len(sound) + len(PNG)
    assert {number for _, number in told} == {total}
    assert [sent for sent, _ in told] == sorted({sent for sent, _ in told})
    assert told[-1] == (total, total)
    assert len(told) > 3


async def test_progress_of_a_picture_alone_is_not_asked_for(sandbox):
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night")
        with pytest.raises(TypeError):
            await client.tracks.update(track, artwork=PNG, on_progress=print)


@pytest.mark.parametrize("artwork", [GIF, JPEG, PNG])
async def test_artwork(sandbox, tmp_path, artwork):
    path = tmp_path / "cover.txt"  # its bytes count, not its name
    path.write_bytes(artwork)
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night", artwork=path)
        changed = await client.tracks.update(track, artwork=io.BytesIO(GIF + b"other"), genre="Ambient")
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            shown = await http.get(changed.artwork_url)

    assert track.artwork_url
    assert changed.artwork_url != track.artwork_url
    assert (changed.title, changed.genre) == ("Night", "Ambient")
    assert shown.content == GIF + b"other"
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


async def test_published_and_hidden_again(sandbox):
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
        ({"unlimited_upload_quota": False, "upload_seconds_left": 1}, b"nobody can tell how long this is"),
    ],
)
async def test_enough_seconds_are_left(recording, quota, value):
    server = recording(me(**quota), TRACK)
    async with own_transport(server) as client:
        assert (await client.tracks.upload(value, title="Night", check_quota=True)).title == "Night"

    assert [request.url.path for request in server.requests] == ["/me", "/tracks"]


QUOTA = {"unlimited_upload_quota": False, "upload_seconds_left": 1, "upload_seconds_used": 10799}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"a file in its middle"}))
async def test_too_few_seconds_are_left(recording, made, monkeypatch, kind):
    monkeypatch.setattr(sys.modules[__name__], "TONE", tone(2))
    server, value = recording(me(**QUOTA), TRACK), made(KINDS[kind])
    position = value.tell() if hasattr(value, "tell") else 0
    async with own_transport(server) as client:
        with pytest.raises(QuotaExceededError, match="the upload quota has 1 s left, but this audio has 2 s"):
            await client.tracks.upload(value, title="Night", check_quota=True)

    assert [request.url.path for request in server.requests] == ["/me"]
    if hasattr(value, "tell"):
        assert value.tell() == position


async def test_no_seconds_are_left(recording):
    server = recording(me(**{**QUOTA, "upload_seconds_left": 0}), TRACK)
    async with own_transport(server) as client:
        with pytest.raises(QuotaExceededError, match="the upload quota has 0 s left"):
            await client.tracks.upload(iter([TONE]), title="Night", length=len(TONE), check_quota=True)

    assert len(server.requests) == 1


async def test_the_quota_without_the_extra(recording, monkeypatch):
    monkeypatch.setitem(sys.modules, "mutagen", None)
    server = recording(me(**QUOTA), me(unlimited_upload_quota=True), TRACK)
    async with own_transport(server) as client:
        with pytest.raises(InvalidInputError, match=r"pip install 'soundcloud-sdk\[audio\]'"):
            await client.tracks.upload(TONE, title="Night", check_quota=True)
        await client.tracks.upload(TONE, title="Night", check_quota=True)

    assert [request.url.path for request in server.requests] == ["/me", "/me", "/tracks"]


async def test_the_quota_of_the_sandbox(sandbox):
    async with client_of(sandbox) as client:
        assert await client.tracks.upload(TONE, title="Night", check_quota=True)

    assert [request.path for request in sandbox.requests] == ["/me", "/tracks"]


@pytest.mark.parametrize(("change", "says"), [(-1000, "did it shrink"), (1000, "did it grow")])
async def test_a_file_that_changes_while_it_is_sent(sandbox, tmp_path, change, says):
    path = tmp_path / "night.wav"
    path.write_bytes(tone(60))
    size = path.stat().st_size
    changed = []

    def on_progress(sent, total):
        if not changed:
            os.truncate(path, size + change)
            changed.append(sent)

    async with client_of(sandbox) as client:
        with pytest.raises(UploadInterruptedError, match=says) as caught:
            await client.tracks.upload(path, title="Night", on_progress=on_progress)
        assert (await client.me.get_me()).username

    assert "creates no track from a partial file" in str(caught.value)
    assert (caught.value.method, caught.value.path) == ("POST", "/tracks")
    # The sandbox may note later that it broke off, or may have noted that of the test before.
    assert {request.status for request in uploads(sandbox)} <= {None, 400}


class Failing(io.BytesIO):
    """A file on a disk that fails after a while."""

    def read(self, size=-1):
        if self.tell() > 100_000:
            raise OSError(5, "Input/output error")
        return super().read(size)


async def test_a_file_that_cannot_be_read_to_its_end(sandbox):
    async with client_of(sandbox) as client:
        with pytest.raises(UploadInterruptedError, match="Input/output error"):
            await client.tracks.upload(Failing(tone(60)), title="Night")
        with pytest.raises(UploadInterruptedError, match="yields str: bytes are needed"):
            await client.tracks.upload(iter(["sound"]), title="Night", length=5)
        assert (await client.me.get_me()).username

    assert uploads(sandbox).matching(status=201) == []


UNKNOWN = "it is unknown whether SoundCloud created a track: check me.get_tracks()"


@pytest.mark.parametrize(
    ("answer", "cls", "unknown"),
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
async def test_what_became_of_it(recording, answer, cls, unknown, retrying):
    server = recording(answer)
    async with own_transport(server, retry=Retry(writes=True, max_retries=3, base_delay=0)) as client:
        with pytest.raises(cls) as caught:
            await client.tracks.upload(TONE, title="Night")

    assert (UNKNOWN in str(caught.value)) == unknown
    assert caught.value.retries == 0
    assert len(server.requests) == 1  # whatever the settings say


async def test_waiting_for_what_is_processed(sandbox):
    sandbox.processing_seconds = 0.3
    async with client_of(sandbox, cache=MemoryCache()) as client:
        track = await client.tracks.upload(tone(2), title="Night")
        assert (await client.tracks.get_track(track)).duration == 0
        ready = await client.tracks.wait_until_playable(track, timeout=30, interval=0.01)
        streams = await client.tracks.get_streams(track)

    assert track.duration == 0
    assert ready.duration == 2000
    assert streams.hls_aac_160_url
    looks = [request.path for request in sandbox.requests if request.method == "GET"]
    assert looks[-2].endswith("/streams")


async def test_what_is_never_ready(sandbox):
    sandbox.processing_seconds = 3600
    async with client_of(sandbox) as client:
        track = await client.tracks.upload(TONE, title="Night")
        with pytest.raises(NotReadyError, match=r"is not playable after 0\.3 s") as caught:
            await client.tracks.wait_until_playable(track, timeout=0.3, interval=0.05)

    assert (caught.value.track.urn, caught.value.track.title) == (track.urn, "Night")
    # Each wait is longer than the one before: 0.05, 0.075, 0.11, and what is left.
    assert 1 <= len(sandbox.requests.matching(method="GET", path="/tracks/*")) <= 5


async def test_what_has_a_duration_and_no_streams_is_not_ready(recording):
    track = httpx.Response(200, json={"title": "Night", "duration": 1000})  # its urn is not needed
    streams = httpx.Response(200, json={"hls_aac_160_url": "https://api.soundcloud.com/x"})
    server = recording(
        track, httpx.Response(404), track, httpx.Response(403), track, httpx.Response(200, json={}), track, streams
    )
    async with own_transport(server) as client:
        ready = await client.tracks.wait_until_playable(1, timeout=30, interval=0.001)

    assert ready.duration == 1000
    assert len(server.requests) == 8


async def test_waiting_for_what_is_not_there(sandbox):
    async with client_of(sandbox) as client:
        with pytest.raises(NotFoundError):
            await client.tracks.wait_until_playable(999_999_999_999)
        for wrong in ({"timeout": 0}, {"interval": -1}, {"timeout": "x"}):
            with pytest.raises(InvalidInputError):
                await client.tracks.wait_until_playable(1, **wrong)

    assert len(sandbox.requests) == 1


async def test_a_path_is_closed_again(sandbox, tmp_path, monkeypatch):
    opened, plain_open = [], Path.open

    def noted(self, *arguments, **settings):
        opened.append(plain_open(self, *arguments, **settings))
        return opened[-1]

    path = on_disk(tmp_path)
    monkeypatch.setattr(Path, "open", noted)
    async with client_of(sandbox) as client:
        await client.tracks.upload(path, title="Night", artwork=PNG)
        with pytest.raises(InvalidInputError, match="half a surrogate pair"):
            await client.tracks.upload(path, title="\ud800")

    assert opened
    assert all(file.closed for file in opened)
