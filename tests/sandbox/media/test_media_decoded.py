"""All streams of the sandbox, decoded by ffmpeg."""

import math
import struct
import subprocess
import sys
import zlib
from array import array

import pytest

from soundcloud.sandbox.media.melody import NOTE_SECONDS, Melody
from soundcloud.sandbox.media.notes import NOTES_FILE, RATE, mp3_note
from tests.helpers.audio_analysis import FFMPEG, decode, detect_note, loudness, magnitude, note_samples
from tools.codegen import make_notes

if FFMPEG is None:
    sys.__stderr__.write(
        "\n*** ffmpeg is not installed: whether players decode the sandbox's audio IS NOT TESTED ***\n"
    )
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(FFMPEG is None, reason="SKIPPED: no ffmpeg here; on Debian: apt-get install ffmpeg"),
]

FORMATS = ("hls_aac_160_url", "hls_aac_96_url", "hls_mp3_128_url", "preview_mp3_128_url")


@pytest.mark.parametrize("name", FORMATS)
def test_streams_contain_the_melody(ada, track, name):
    location = ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()[name]).headers["location"]
    samples = decode(location)
    seconds = min(30, track["duration"] / 1000) if "preview" in name else track["duration"] / 1000
    melody = Melody(track["id"])

    assert len(samples) / RATE == pytest.approx(seconds, abs=0.05)
    assert loudness(samples) > 300
    assert max(map(abs, samples)) < 32_000
    # At the start, around the end of the first segment, and near the end.
    last = int(seconds / NOTE_SECONDS) - 3
    for index in (*range(8), *range(23, 29), *range(last - 2, last)):
        assert detect_note(note_samples(samples, index)) == melody.note(index)[0]


def test_formats_have_the_same_loudness(ada, track):
    links = ada.get(f"/tracks/{track['urn']}/streams").json()
    recordings = [decode(ada.get(links[name]).headers["location"], "-t", "20") for name in FORMATS[:3]]

    for index in range(40):
        volumes = [loudness(note_samples(samples, index)) for samples in recordings]
        assert max(volumes) - min(volumes) <= 0.12 * max(volumes) + 5


def test_attenuation():
    # Every 4 steps halve the amplitude.
    volumes = []
    for attenuation in (0, 4, 8):
        content = b"".join(mp3_note(6, attenuation)) * 4
        command = [FFMPEG, "-nostdin", "-v", "error", "-f", "mp3", "-i", "-", "-f", "s16le", "-"]
        result = subprocess.run(command, input=content, capture_output=True, check=True)
        volumes.append(loudness(array("h", result.stdout)))
    assert volumes[0] / volumes[1] == pytest.approx(2, rel=0.02)
    assert volumes[1] / volumes[2] == pytest.approx(2, rel=0.02)


def test_the_waveform_matches_the_audio(ada, anonymous, track):
    location = ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_mp3_128_url"]).headers["location"]
    samples = decode(location)
    wave = anonymous.get(track["waveform_url"].replace(".png", ".json")).json()["samples"]
    step = len(samples) / len(wave)
    peaks = [max(map(abs, samples[int(at * step) : int((at + 1) * step)])) for at in range(len(wave))]

    both = list(zip(wave, peaks, strict=True))
    wave_mean, peak_mean = sum(wave) / len(wave), sum(peaks) / len(peaks)
    product = sum((one - wave_mean) * (other - peak_mean) for one, other in both)
    square = sum((one - wave_mean) ** 2 for one in wave) * sum((other - peak_mean) ** 2 for other in peaks)
    assert product / math.sqrt(square) > 0.9


def test_make_notes(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "src" / "soundcloud" / "sandbox" / "media"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    assert make_notes.main() == 0
    made = zlib.decompress((folder / NOTES_FILE).read_bytes())
    frames = 12 * (16 + 18)
    assert len(made) == 2 * frames + sum(struct.unpack_from(f">{frames}H", made))
    assert "408 frames" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("a.mp3", ("-c:a", "libmp3lame", "-q:a", "5", "-ar", "44100", "-ac", "2"), "audio/mpeg"),
        ("b.mp3", ("-c:a", "libmp3lame", "-b:a", "64k", "-ar", "22050", "-metadata", "title=Ä"), "audio/mpeg"),
        ("c.flac", (), "audio/flac"),
        ("d.ogg", ("-c:a", "libvorbis"), "audio/ogg"),
        ("e.m4a", ("-c:a", "aac"), "audio/mp4"),
        ("f.aiff", (), "audio/aiff"),
    ],
)
def test_uploads_in_all_formats(ada, tmp_path, name, options, kind):
    path = tmp_path / name
    tone = ("-f", "lavfi", "-i", "sine=frequency=1000:duration=23")
    subprocess.run([FFMPEG, "-nostdin", "-v", "error", *tone, *options, str(path)], check=True)
    files = {"track[asset_data]": (name, path.read_bytes(), kind)}
    track = ada.post("/tracks", data={"track[title]": "A tone"}, files=files).json()
    links = ada.get(f"/tracks/{track['urn']}/streams").json()
    whole = ada.get(track["download_url"]).headers["location"]
    locations = [whole]
    if kind == "audio/mpeg":
        locations += [
            ada.get(links[format_]).headers["location"] for format_ in ("hls_mp3_128_url", "preview_mp3_128_url")
        ]

    assert track["duration"] == pytest.approx(23_000, abs=100)
    for location in locations:
        samples = decode(location)
        assert len(samples) / RATE == pytest.approx(23, abs=0.1)
        for second in (1, 9, 10, 20, 22):
            part = samples[second * RATE : second * RATE + 9_600]
            assert magnitude(part, 1000) > 100 * magnitude(part, 700)
            assert loudness(part) > 1000
    assert len(decode(ada.get(links["hls_aac_160_url"]).headers["location"])) / RATE == pytest.approx(23, abs=0.1)
