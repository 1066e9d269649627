"""Forms of any fields and files: a reader that is not ours finds exactly what was given, whatever it holds."""

import io
import string

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from python_multipart.multipart import parse_form

from soundcloud import AsyncSoundCloudClient, ConnectionFailedError, InvalidInputError, SoundCloudClient, _files, errors
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.media.file_formats import detect_audio_format, detect_image_format
from soundcloud._transport.files import open_file
from soundcloud._uploads import UploadTracker
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud_api.types import File

PNG = b"\x89PNG\r\n\x1a\n"
BOUNDARY = "f" * 32
TEXTS = some.text(some.characters(exclude_categories=["Cs"]), max_size=60) | some.sampled_from(
    ["\r\n", '"', "--" + BOUNDARY[:-1], f"\r\n--{BOUNDARY[:-1]}\r\n", "Content-Type: text/plain\r\n\r\nx", "\0"]
)
NAMES = some.text(string.ascii_lowercase + '[]_" \r\n%é夜', min_size=1, max_size=20)
CONTENTS = some.binary(min_size=1, max_size=300) | some.sampled_from(
    [b"\r\n", b"\r\n--", f"\r\n--{BOUNDARY[:-1]}".encode(), f"--{BOUNDARY[:-1]}--\r\n".encode() * 3, bytes(70_000)]
)


def read(body, media_type):
    """Fields and files of a form, in order, as python-multipart reads them."""
    found, files = [], []

    def on_file(file):
        file.file_object.seek(0)
        found.append((file.field_name.decode(), (file.file_name.decode(), file.file_object.read())))
        files.append(file)  # older versions flush it after this

    parse_form(
        {"Content-Type": media_type, "Content-Length": str(len(body))},
        io.BytesIO(body),
        lambda field: found.append((field.field_name.decode(), (field.value or b"").decode())),
        on_file,
    )
    for file in files:
        file.close()
    return found


def escaped(name):
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


@settings(max_examples=200)
@given(fields=some.dictionaries(NAMES, TEXTS | some.tuples(NAMES, CONTENTS), max_size=6))
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
    texts = [pair for pair in expected if isinstance(pair[1], str)]
    assert sorted(read(body, form.media_type), key=repr) == sorted(expected, key=repr)
    assert [pair for pair in read(body, form.media_type) if isinstance(pair[1], str)] == texts


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


TITLES = TEXTS.filter(str.strip)
SOUND = tone(0.02)


@settings(max_examples=40)
@given(title=TITLES, description=TEXTS, genre=TEXTS, cover=CONTENTS, name=TEXTS.filter(str.strip))
def test_the_sandbox_receives_exactly_that(sandbox, title, description, genre, cover, name):
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


def test_what_an_upload_says_of_its_end():
    def explained(error, *told):
        sending = UploadTracker(None)
        for numbers in told:
            sending(*numbers)
        sending.explain(error)
        return error.hint

    lost, refused = ConnectionFailedError("reset"), ConnectionFailedError("refused", sent=False)

    assert (
        explained(lost)
        == "the upload was interrupted before the first byte of the file, so SoundCloud created no track: upload it again"
    )
    assert explained(lost, (10, 2000), (1000, 2000)).startswith(
        "the upload was interrupted after 1,000 of 2,000 bytes, so"
    )
    assert "it is unknown" in explained(lost, (10, 20), (20, 20))
    assert explained(refused) == ConnectionFailedError.default_hint
    assert "it is unknown" in explained(errors.ServerError("", status=500), (10, 20))
    assert "it is unknown" in explained(errors.UnexpectedResponseError("", status=201), (20, 20))
    assert explained(errors.UnprocessableEntityError("", status=422), (20, 20)) is None


def test_progress_cannot_be_asynchronous():
    async def on_progress(sent, total):
        raise AssertionError("never called")

    async def uploading():
        async with AsyncSoundCloudClient(access_token="own") as client:
            await client.tracks.upload(b"fLaC", title="Night", on_progress=on_progress)

    with pytest.raises(InvalidInputError, match=r"on_progress=.*: give a plain function"):
        anyio.run(uploading)


def test_files_that_are_read_asynchronously(tmp_path):
    path = tmp_path / "night.wav"
    path.write_bytes(SOUND)

    async def uploading():
        async with await anyio.open_file(path, "rb") as file, AsyncSoundCloudClient(access_token="own") as client:
            await client.tracks.upload(file, title="Night")

    with pytest.raises(InvalidInputError, match="give its path, or an iterator with length="):
        anyio.run(uploading)


def test_a_stream_that_has_to_be_awaited_is_not_for_this_client():
    async def stream():
        yield SOUND

    with (
        SoundCloudClient(access_token="own") as client,
        pytest.raises(InvalidInputError, match="use AsyncSoundCloudClient, or pass a plain iterable"),
    ):
        client.tracks.upload(stream(), title="Night", length=len(SOUND))


def test_a_stream_that_fails():
    """What an asynchronous stream raises is what the caller gets, and the form knows it."""

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
