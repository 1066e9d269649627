"""All streams of the sandbox, decoded by ffmpeg."""

import struct
import subprocess
import sys
import zlib

import pytest

from soundcloud.sandbox.media.clips import CLIP_SAMPLES, CLIPS_FILE, KITS, LOOPS, RATE, opening_clip
from soundcloud.sandbox.media.melody import CLIP_SECONDS, Melody
from tests.helpers.audio_analysis import (
    FFMPEG,
    correlation,
    decode,
    detect_clip,
    loudness,
    magnitude,
    measure_loudness,
    reference,
)
from tools.codegen import make_clips

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
    melody = Melody(track["id"], seconds)

    assert len(samples) / RATE == pytest.approx(seconds, abs=0.05)
    assert loudness(samples) > 300
    assert max(map(abs, samples)) < 32_000
    # At the start, around the end of the first segment, and at the end.
    last = int(seconds / CLIP_SECONDS) - 1
    for index in (*range(8), last - 1, last):
        assert detect_clip(samples, index) == melody.clip(index)
    # The sound ends before the end of the track, with a fade.
    assert loudness(samples[(last + 1) * CLIP_SAMPLES - 1_000 :]) < 60


def test_formats_have_the_same_loudness(ada, track):
    links = ada.get(f"/tracks/{track['urn']}/streams").json()
    recordings = [decode(ada.get(links[name]).headers["location"], "-t", "20") for name in FORMATS[:3]]

    for index in range(60):
        volumes = [loudness(samples[index * 16_000 : (index + 1) * 16_000]) for samples in recordings]
        assert max(volumes) - min(volumes) <= 0.12 * max(volumes) + 5


@pytest.mark.parametrize("kit", range(KITS))
def test_loudness(kit):
    number = next(number for number in range(1, 99) if Melody(number, 99).clip(0) == opening_clip(kit))
    melody = Melody(number, 60)
    # AAC frames with ADTS headers: no checksum, LC, 48 kHz, two channels.
    frames = melody.aac(0, 2812, 426)
    size = 426 + 7
    header = bytes((0xFF, 0xF1, 0x4C, 0x80 | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC))
    for content, name in (
        (melody.mp3(0, 2500), "mp3"),
        (b"".join(header + frame for frame in frames), "aac"),
    ):
        loud, peak, channels = measure_loudness(content, name)
        assert -16 <= loud <= -14
        assert peak < -1
        assert channels == 2


def test_the_waveform_matches_the_audio(ada, anonymous, track):
    location = ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_mp3_128_url"]).headers["location"]
    samples = decode(location)
    wave = anonymous.get(track["waveform_url"].replace(".png", ".json")).json()["samples"]
    step = len(samples) / len(wave)
    peaks = [max(map(abs, samples[int(at * step) : int((at + 1) * step)])) for at in range(len(wave))]

    wave_mean, peak_mean = sum(wave) / len(wave), sum(peaks) / len(peaks)
    assert correlation([one - wave_mean for one in wave], [other - peak_mean for other in peaks]) > 0.9


def test_the_clips_fit_their_script():
    # The file contains the sound that the script makes, whatever the version of ffmpeg.
    for kit in range(KITS):
        _, opening, ending, *loops = make_clips.synthesize(kit)
        assert len(loops) == LOOPS
        for number, clip in enumerate((opening, ending, *loops)):
            mono = [(left + right) / 2 for left, right in zip(clip[::14], clip[1::14], strict=True)]
            assert correlation(mono, reference(opening_clip(kit) + number)) > 0.98


def test_make_clips(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "src" / "soundcloud" / "sandbox" / "media"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    clip = make_clips.array("h", bytes(4 * CLIP_SAMPLES))
    monkeypatch.setattr(make_clips, "synthesize", lambda kit: [clip] * (LOOPS + 3))

    assert make_clips.main() == 0
    made = zlib.decompress((folder / CLIPS_FILE).read_bytes())
    clips = 1 + KITS * (LOOPS + 2)
    frames = clips * (64 + 72)
    assert len(made) == clips * 64 + 2 * frames + sum(struct.unpack_from(f">{frames}H", made, clips * 64))
    assert f"{frames} frames" in capsys.readouterr().out


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
