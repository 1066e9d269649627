"""Multipart forms with any fields and files: python-multipart reads exactly what was given."""

import io
import os
import string
import threading
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from soundcloud import (
    AsyncSoundCloudClient,
    ConnectionFailedError,
    InvalidInputError,
    SoundCloudClient,
    UploadInterruptedError,
    _files,
    errors,
)
from soundcloud._async.steps import send
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.media.file_formats import detect_audio_format, detect_image_format
from soundcloud._transport.files import open_file
from soundcloud._uploads import UploadTracker, check_upload_quota
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud_api.models import Quota
from soundcloud_api.types import File
from tests.helpers.forms import read_form
from tests.helpers.servers import UploadServer
from tests.helpers.waiting import async_wait_until

PNG = b"\x89PNG\r\n\x1a\n"
BOUNDARY = "f" * 32
STRINGS = some.text(some.characters(exclude_categories=["Cs"]), max_size=60) | some.sampled_from(
    ["\r\n", '"', "--" + BOUNDARY[:-1], f"\r\n--{BOUNDARY[:-1]}\r\n", "Content-Type: text/plain\r\n\r\nx", "\0"]
)
NAMES = some.text(string.ascii_lowercase + '[]_" \r\n%é夜', min_size=1, max_size=20)
CONTENTS = some.binary(min_size=1, max_size=300) | some.sampled_from(
    [b"\r\n", b"\r\n--", f"\r\n--{BOUNDARY[:-1]}".encode(), f"--{BOUNDARY[:-1]}--\r\n".encode() * 3, bytes(70_000)]
)


def escaped(name):
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


@settings(max_examples=200)
@given(fields=some.dictionaries(NAMES, STRINGS | some.tuples(NAMES, CONTENTS), max_size=6))
def test_any_form(fields):
    given_fields = {
        name: File(value[1], value[0], "audio/wav") if isinstance(value, tuple) else value
        for name, value in fields.items()
    }
    form = Multipart(given_fields, BOUNDARY, open_file)
    body = b"".join(form)

    async def collected():
        return b"".join([piece async for piece in Multipart(given_fields, BOUNDARY, open_file)])

    assert len(body) == form.length
    assert anyio.run(collected) == body
    expected = [
        (escaped(name), (escaped(value[0]), value[1]) if isinstance(value, tuple) else value)
        for name, value in fields.items()
    ]
    strings = [pair for pair in expected if isinstance(pair[1], str)]
    assert sorted(read_form(body, form.media_type), key=repr) == sorted(expected, key=repr)
    assert [pair for pair in read_form(body, form.media_type) if isinstance(pair[1], str)] == strings


@settings(max_examples=300)
@given(name=some.text(max_size=400))
def test_any_file_name(name):
    sent = _files.ascii_filename(name)

    assert sent.isascii()
    assert sent.isprintable()
    assert 1 <= len(sent) <= 255
    assert not {*sent} & {*'"\\/'}
    part = _files.make_audio_part(b"sound", None, name) if name.strip() else None
    assert part is None or part.media_type == "application/octet-stream" or part.media_type[:6] in {"audio/", "video/"}


@settings(max_examples=300)
@given(head=some.binary(max_size=40))
def test_any_first_bytes(head):
    assert detect_audio_format(head) is None or "/" in detect_audio_format(head)
    assert detect_image_format(head) in {None, "image/gif", "image/jpeg", "image/png"}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


TITLES = STRINGS.filter(str.strip)
SOUND = tone(0.02)


@settings(max_examples=40)
@given(title=TITLES, description=STRINGS, genre=STRINGS, cover=CONTENTS, name=STRINGS.filter(str.strip))
def test_the_sandbox_receives_the_same_form(sandbox, title, description, genre, cover, name):
    with SoundCloudClient(**sandbox.client_settings()) as client:
        track = client.tracks.upload(
            SOUND, title=title, description=description, genre=genre, artwork=PNG + cover, filename=name
        )
        with httpx.Client(trust_env=False, verify=False) as http:
            picture = http.get(track.artwork_url)

    body = sandbox.requests[-2].body if sandbox.requests[-1].origin != "api" else sandbox.requests[-1].body
    assert {*body} == {f"track[{key}]" for key in ("title", "description", "genre", "asset_data", "artwork_data")}
    assert (track.title, track.description or "", track.genre or "") == (title, description, genre)
    assert picture.content == PNG + cover
    assert body["track[asset_data]"]["size"] == len(SOUND)


def test_hints_of_failed_uploads():
    def hint_of(error, *progress):
        sending = UploadTracker(None)
        for numbers in progress:
            sending(*numbers)
        sending.explain(error)
        return error.hint

    lost, refused = ConnectionFailedError("reset"), ConnectionFailedError("refused", sent=False)

    assert hint_of(lost) == (
        "the upload was interrupted before the first byte of the file, so SoundCloud created no track: upload it again"
    )
    assert hint_of(lost, (10, 2000), (1000, 2000)).startswith(
        "the upload was interrupted after 1,000 of 2,000 bytes, so"
    )
    assert "it is unknown" in hint_of(lost, (10, 20), (20, 20))
    assert hint_of(refused) == ConnectionFailedError.default_hint
    assert "it is unknown" in hint_of(errors.ServerError("", status=500), (10, 20))
    assert "it is unknown" in hint_of(errors.UnexpectedResponseError("", status=201), (20, 20))
    assert hint_of(errors.UnprocessableEntityError("", status=422), (20, 20)) is None


def test_on_progress_cannot_be_asynchronous():
    async def on_progress(sent, total):
        raise AssertionError("never called")

    async def uploading():
        async with AsyncSoundCloudClient(access_token="own") as client:
            await client.tracks.upload(b"fLaC", title="Night", on_progress=on_progress)

    with pytest.raises(InvalidInputError, match=r"on_progress=.*: pass a plain function"):
        anyio.run(uploading)


def test_asynchronous_files_are_refused(tmp_path):
    path = tmp_path / "night.wav"
    path.write_bytes(SOUND)

    async def uploading():
        async with await anyio.open_file(path, "rb") as file, AsyncSoundCloudClient(access_token="own") as client:
            await client.tracks.upload(file, title="Night")

    with pytest.raises(InvalidInputError, match="pass its path, or an iterator with length="):
        anyio.run(uploading)


def test_the_sync_client_refuses_asynchronous_iterators():
    async def stream():
        yield SOUND

    with (
        SoundCloudClient(access_token="own") as client,
        pytest.raises(InvalidInputError, match="use AsyncSoundCloudClient, or pass a plain iterable"),
    ):
        client.tracks.upload(stream(), title="Night", length=len(SOUND))


def test_an_asynchronous_iterator_that_raises():
    async def stream():
        yield b"12345"
        raise LookupError("gone")

    async def uploading():
        form = Multipart(
            {"a": "b", "file": File(_files.AsyncChunks(stream(), 10), "x", "audio/wav")}, BOUNDARY, open_file
        )
        with pytest.raises(LookupError, match="gone") as caught:
            async for _ in form:
                pass
        assert form.failure is caught.value

    anyio.run(uploading)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_async_client_reads_files_in_a_thread(tmp_path, monkeypatch, backend):
    path = tmp_path / "night.wav"
    path.write_bytes(b"RIFF" + b"x" * 400_000)
    threads = set()

    def open_recorded(path):
        file, size = original(path)
        threads.add(threading.current_thread())

        class Recorded:
            def read(self, count):
                threads.add(threading.current_thread())
                return file.read(count)

            def close(self):
                file.close()

        return Recorded(), size

    original = open_file
    monkeypatch.setattr(send, "open_file", open_recorded)
    with UploadServer() as server:

        async def main():
            async with AsyncSoundCloudClient(access_token="own", base_url=server.url) as client:
                await client.tracks.upload(path, title="Night")

        anyio.run(main, backend=backend)
        assert server.uploads[0].is_complete
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kind", ["file", "iterator"])
def test_the_async_client_reads_a_file_of_the_caller_in_a_thread(kind, backend):
    threads, size = set(), len(SOUND)

    class Recorded(io.BytesIO):
        def read(self, count=-1):
            # The first bytes, which tell the format, are read at once.
            if count > 100:
                threads.add(threading.current_thread())
            return super().read(count)

    def chunks():
        threads.add(threading.current_thread())
        yield SOUND

    with UploadServer() as server:

        async def main():
            async with AsyncSoundCloudClient(access_token="own", base_url=server.url) as client:
                if kind == "file":
                    await client.tracks.upload(Recorded(SOUND), title="Night")
                else:
                    await client.tracks.upload(chunks(), title="Night", length=size)

        anyio.run(main, backend=backend)
        assert server.uploads[0].is_complete
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_upload_of_a_pipe_that_stalls_can_be_cancelled(backend):
    reader, writer = os.pipe()
    with UploadServer() as server, os.fdopen(writer, "wb") as writing, os.fdopen(reader, "rb", buffering=0) as reading:
        waiting = threading.Event()

        class Stalled:
            def read(self, count):
                waiting.set()
                return reading.read(count)

            def seek(self, *position):
                raise OSError

            tell = seek

        async def main():
            async with AsyncSoundCloudClient(access_token="own", base_url=server.url) as client:
                async with anyio.create_task_group() as group:
                    group.start_soon(partial(client.tracks.upload, Stalled(), title="Night", length=1000))
                    await async_wait_until(waiting.is_set)
                    group.cancel_scope.cancel()
            writing.write(b"x" * 1000)
            writing.flush()

        anyio.run(main, backend=backend)
        assert not any(upload.is_complete for upload in server.uploads)


@pytest.mark.parametrize("error", [OSError("the disk is gone"), ValueError("closed")])
def test_a_file_that_cannot_be_read_to_its_end(tmp_path, monkeypatch, error):
    path = tmp_path / "night.wav"
    path.write_bytes(b"RIFF" + b"x" * 400_000)

    class Broken:
        def read(self, count):
            raise error

        def close(self):
            pass

    monkeypatch.setattr(send, "open_file", lambda path: (Broken(), 400_004))
    with UploadServer() as server:

        async def main():
            async with AsyncSoundCloudClient(access_token="own", base_url=server.url) as client:
                with pytest.raises(UploadInterruptedError, match=r"night\.wav cannot be read to its end"):
                    await client.tracks.upload(path, title="Night")

        anyio.run(main)


def test_progress_of_an_asynchronous_iterator():
    progress = []

    async def stream():
        yield b"12345"
        yield b"67890"

    async def uploading():
        file = File(_files.AsyncChunks(stream(), 10), "x", "audio/wav")
        form = Multipart({"file": file}, BOUNDARY, open_file, lambda *numbers: progress.append(numbers))
        async for _ in form:
            pass

    anyio.run(uploading)

    assert progress == [(5, 10), (10, 10)]


def test_an_empty_file_is_refused():
    with pytest.raises(InvalidInputError, match=r"night\.wav is empty: there is nothing to send"):
        Multipart({"file": File(b"", "night.wav", "audio/wav")}, BOUNDARY, open_file)


@pytest.mark.parametrize("filename", ["night.aac", None])
def test_the_given_name_of_an_open_file_takes_precedence(filename, monkeypatch):
    seen = []
    monkeypatch.setattr("soundcloud._uploads.read_audio", lambda file, name: seen.append(name) or ("", 1.0))
    file = io.BytesIO(b"12345")
    file.name = "a.mp3"
    check_upload_quota(Quota(upload_seconds_left=5), file, filename)

    assert seen == [filename or "a.mp3"]


def test_a_path_that_cannot_be_opened(tmp_path):
    with pytest.raises(InvalidInputError, match=r"night\.wav cannot be read: No such file or directory$"):
        open_file(tmp_path / "night.wav")
    with pytest.raises(InvalidInputError, match=r"is not a path$"):
        open_file(Path("a\0b"))


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"RF64\0\0\0\0WAVE", "audio/wav"),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"FORM\0\0\0\0AIFC", "audio/aiff"),
        (b"#!AMR\n", "audio/amr"),
        (b"\x30\x26\xb2\x75", "audio/x-ms-wma"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"\xff\xfb\x90\0", "audio/mpeg"),
        (b"\xff\xf3", "audio/mpeg"),
        (b"\xff\xe3", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"\xff\xf9", "audio/aac"),
        (b"\xff\xdf", None),
        (b"\xff\x1f", None),
        (b"\xfe\xfb", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_the_audio_format_of_first_bytes(head, media_type):
    assert detect_audio_format(head) == media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"GIF88a", None),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xff\xd8", None),
        (PNG, "image/png"),
        (PNG[:-1], None),
    ],
)
def test_the_image_format_of_first_bytes(head, media_type):
    assert detect_image_format(head) == media_type
