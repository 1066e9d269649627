"""What is checked before anything is sent, dry runs as JSON, and clean ends: closed streams, declined questions, Ctrl-D."""

import json
import subprocess
import wave

import pytest

from soundcloud.cli.auth.profiles import Profile, Profiles
from soundcloud.cli.framework.param_types import DateRangeType, DurationRangeType, IntegerRangeType
from soundcloud.errors import ServerError
from tests.cli.conftest import COMMAND

TRACK, PLAYLIST = "2287190367", "207899532"


@pytest.fixture
def sound(tmp_path):
    """A second of silence."""
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    return path


def changes(sandbox):
    return [each for each in sandbox.requests if each.method != "GET" and "/oauth/" not in each.path]


@pytest.mark.parametrize("output", ["--json", "--jsonl", "--csv"])
@pytest.mark.parametrize("field", ["nope", "user.nope", "title.nope"])
@pytest.mark.parametrize("command", [("comment", TRACK, "Nice"), ("playlist", "create", "T"), ("upload",)])
def test_unknown_field_is_rejected_before_a_change(sandbox, shell, sound, command, field, output):
    arguments = (*command, str(sound)) if command == ("upload",) else command
    done = shell.run_in_process(*arguments, output, "--fields", f"urn,{field}")

    assert (done.code, done.output) == (2, "")
    first, second = done.errors.splitlines()
    assert first.startswith("error: there is no field ")
    assert second.startswith(("  what to do: available fields: ", "  what to do: use 'title' itself"))
    assert changes(sandbox) == []


def test_known_fields_of_a_change(sandbox, shell, sound):
    comment = shell.run_in_process("comment", TRACK, "Nice", "--json", "--fields", "body,user.username")
    upload = shell.run_in_process("upload", str(sound), "--json", "--fields", "id,title", "--journal", f"{sound}.json")

    assert comment.data == {"body": "Nice", "user.username": "ada-night"}
    assert upload.data[0]["title"] == "silence"
    assert shell.run_in_process("track", str(upload.data[0]["id"])).code == 0


def test_unknown_field_of_api(sandbox, shell):
    body = '{"playlist": {"title": "From here"}}'
    done = shell.run_in_process("api", "POST", "/playlists", "-d", body, "--fields", "title,nope")

    assert (done.code, done.data) == (0, {"title": "From here", "nope": None})
    assert done.errors.startswith("warning: there is no field 'nope', so it is null; available fields: ")
    assert len(changes(sandbox)) == 1
    assert shell.run_in_process("api", "GET", "/me", "--fields", "nope").code == 2


@pytest.mark.parametrize("field", ["nope", "user.nope"])
def test_unknown_field_of_a_list(shell, field):
    assert shell.run_in_process("likes", "--fields", field).code == 2
    # Without a response that has objects, the model decides.
    assert shell.run_in_process("search", "zzzzqqqq", "--fields", field).code == 2
    assert shell.run_in_process("search", "zzzzqqqq", "--fields", "user.username").code == 0


@pytest.mark.parametrize("field", ["nope", "urn,user.nope"])
def test_unknown_field_of_an_export_keeps_the_file(sandbox, shell, tmp_path, field):
    path = tmp_path / "likes.csv"
    path.write_text("good")
    done = shell.run_in_process("export", "likes", "-o", str(path), "--restart", "--fields", field)

    assert (done.code, path.read_text()) == (2, "good")
    assert [*tmp_path.glob("likes.csv.*")] == []
    assert len(sandbox.requests) == 0


def test_upload_looks_the_playlist_up_first(sandbox, shell, sound):
    done = shell.run_in_process("upload", str(sound), "--playlist", "1")

    assert done.code == 4
    assert changes(sandbox) == []


def test_upload_whose_playlist_fails_later(shell, sound, monkeypatch):
    arguments = ("upload", str(sound), "--playlist", PLAYLIST, "--journal", f"{sound}.json")

    def fail(*_, **__):
        raise ServerError("HTTP 500", status=500)

    monkeypatch.setattr("soundcloud._sync.namespaces.playlists.PlaylistsNamespace.add_tracks", fail)
    done = shell.run_in_process(*arguments)

    assert done.code == 1
    assert "error: the tracks are uploaded, but not added to soundcloud:playlists:" in done.errors
    assert f"what to do: soundcloud playlist add soundcloud:playlists:{PLAYLIST} soundcloud:tracks:" in done.errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("upload", "{sound}", "--again", "--arrived"), "use either --again or --arrived, not both"),
        (("upload", "{sound}", "--isrc", "bad"), "Invalid value for '--isrc': 'bad' is not an ISRC"),
        (("upload", "{sound}", "--release-date", "soon"), "{sound}: release_date="),
        (("upload", "{sound}", "--artwork", "{sound}"), "{sound}: artwork"),
        (("upload", "{sound}", "/nix.wav"), "no such file: /nix.wav"),
        (("upload", "{sound}", "/dev/null"), "/dev/null is not a regular file"),
        (("upload", "{sound}", "{empty}"), "{empty} is empty"),
        (("upload", "{sound}", "--artwork", "/nix.png"), "no such file: /nix.png"),
        (("upload", "--manifest", "/nix.csv"), "no such file: /nix.csv"),
        (("search", "tracks", "--genre", ""), "--genre is empty: name a genre"),
        (("search", "tracks", "lofi", "--tag", " "), "--tag is empty: name a tag"),
        (("logout", "--forget"), "--forget deletes a profile"),
        (("track", "--quiet"), "name a command"),
        (("track", "edit", TRACK, "--artwork", "/nix.png"), "no such file: /nix.png"),
        (("track", "edit", TRACK, "--isrc", "bad"), "Invalid value for '--isrc': 'bad' is not an ISRC"),
        (("playlist", "create", "T", "--artwork", "/nix.png"), "no such file: /nix.png"),
        (("playlist", "create", ""), "the title is empty"),
        (("comment", TRACK, " "), "the comment is empty"),
        (("api", "POST", "/playlists", "-d", "@/nix.json"), "--data: /nix.json: No such file or directory"),
        (("play", TRACK, "--format", "nope"), "Invalid value for '--format': 'nope' is not a stream format"),
        (("search", "--duration", "5:00-2:00"), "Invalid value for '--duration': '5:00-2:00' starts after its end"),
    ],
)
def test_invalid_values_have_one_exit_code_and_send_nothing(sandbox, shell, sound, tmp_path, arguments, message):
    (tmp_path / "empty.wav").touch()
    names = {"sound": sound, "empty": tmp_path / "empty.wav"}
    done = shell.run_in_process(*(each if each.startswith('{"') else each.format(**names) for each in arguments))

    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith(f"error: {message.format(**names)}")
    assert len(sandbox.requests) == 0


def test_manifest_is_checked_whole_before_the_first_upload(sandbox, shell, sound):
    manifest = sound.with_name("tracks.csv")
    for column, value in (("isrc", "bad"), ("release_date", "soon"), ("license", "mine")):
        manifest.write_text(f"file,{column}\n{sound.name},\n{sound.name},{value}\n")
        done = shell.run_in_process("upload", "--manifest", str(manifest))
        assert (done.code, done.output) == (2, "")
        assert value in done.errors
    assert len(sandbox.requests) == 0


def test_profile_that_does_not_exist(bare_shell):
    for action in ("use", "remove"):
        done = bare_shell.run_in_process("profiles", action, "nix", "--yes" if action == "remove" else "--debug")
        assert done.code == 4
        assert done.errors.splitlines()[-2:] == [
            "error: there is no profile 'nix'",
            "  what to do: soundcloud login --profile nix creates it",
        ]


def write_profiles(home, current, *names):
    entry = {"client_id": "x", "redirect_uri": "http://127.0.0.1:8765/callback", "place": "file"}
    path = home / ".config/soundcloud-sdk/profiles.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "current": current, "profiles": dict.fromkeys(names, entry)}))


def test_removing_the_current_profile_selects_another_one(bare_shell, home):
    write_profiles(home, "work", "work", "home")
    removed = bare_shell.run_in_process("profiles", "remove", "work", "--yes")

    assert removed.errors == "deleted profile 'work'; the current profile is now 'home'\n"
    rows = bare_shell.run_in_process("profiles", "--json").data
    assert [(row["name"], row["current"]) for row in rows] == [("home", True)]
    assert bare_shell.run_in_process("profiles", "remove", "home", "--yes").errors == "deleted profile 'home'\n"


def test_the_current_profile_after_a_removal():
    profile = Profile("x", "http://127.0.0.1:8765/callback", "file")
    profiles = Profiles("work", dict.fromkeys(("work", "home", "default"), profile))

    assert profiles.without("work").current == "default"
    assert profiles.without("work").without("default").current == "home"
    assert profiles.without("home").current == "work"
    assert Profiles("work", {"work": profile}).without("work") == Profiles()


def test_current_profile_that_is_missing(bare_shell, home):
    write_profiles(home, "work", "default", "home")

    assert bare_shell.run_in_process("me").errors == (
        "error: the current profile 'work' does not exist\n  what to do: soundcloud profiles use default\n"
    )


@pytest.mark.parametrize(
    ("kind", "text", "ends"),
    [
        (IntegerRangeType(), "120", (120, 120)),
        (IntegerRangeType(), "120-", (120, None)),
        (IntegerRangeType(), "-120", (None, 120)),
        (DurationRangeType(), "3:00", (180.0, 180.999)),
        (DurationRangeType(), "5", (5.0, 5.999)),
        (DurationRangeType(), "2:00-", (120.0, None)),
        (DateRangeType(), "2026-06-01", ("2026-06-01T00:00:00+00:00", "2026-06-01T23:59:59+00:00")),
        (DateRangeType(), "2026-06-01..", ("2026-06-01T00:00:00+00:00", None)),
    ],
)
def test_one_value_is_exact(kind, text, ends):
    def plain(value):
        return getattr(value, "isoformat", getattr(value, "total_seconds", lambda: value))() if value else value

    assert tuple(map(plain, kind.convert(text, None, None))) == ends


def test_search_for_one_bpm(shell):
    rows = shell.run_in_process("search", "--bpm", "120-130", "--json", "--fields", "bpm", "--all").data
    bpm = rows[0]["bpm"]
    found = shell.run_in_process("search", "--bpm", f"{bpm:g}", "--json", "--fields", "bpm", "--all").data

    assert {row["bpm"] for row in found} == {bpm}
    assert len(found) < len(rows)


def test_dry_run_as_json(sandbox, shell, sound):
    body = '{"playlist": {"title": "From here"}}'
    sent = {"url": f"{sandbox.api_url}/playlists", "method": "POST", "body": json.loads(body)}
    assert shell.run_in_process("api", "POST", "/playlists", "-d", body, "--dry-run", "--json").data == sent
    created = shell.run_in_process("playlist", "create", "From here", "--dry-run", "--json", "--fields", "urn")
    assert created.data["body"]["playlist"]["title"] == "From here"
    comment = shell.run_in_process("comment", TRACK, "Nice", "--dry-run", "--jsonl")
    assert json.loads(comment.output)["body"]["comment"]["body"] == "Nice"
    (upload,) = shell.run_in_process("upload", str(sound), "--private", "--dry-run", "--json").data
    assert (upload["file"], upload["method"]) == (str(sound), "POST")
    assert upload["fields"] == {"title": "silence", "sharing": "private"}
    assert upload["body"].startswith("a form with files, ")
    rows = shell.run_in_process("upload", str(sound), "--dry-run", "--csv").output.splitlines()
    assert rows[0] == "file,fields,method,url,body"
    assert changes(sandbox) == []


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["--help", "search lofi", "search lofi --json", "track 1", "--nix"])
def test_closed_streams(shell, closed, arguments):
    line = f"{' '.join(COMMAND)} {arguments} {closed}"
    done = subprocess.run(["/bin/sh", "-c", line], env=shell.variables(), capture_output=True, text=True, check=False)

    assert done.returncode == {"track 1": 4, "--nix": 2}.get(arguments, 0)
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) == (done.returncode == 0 and ">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04"])
def test_declined_question(sandbox, shell, answer):
    done = shell.run_in_terminal("track", "delete", TRACK, answers=(("[y/N]: ", answer),))

    assert done.code == 1
    assert done.lines[-1].startswith("cancelled: ")
    assert "error" not in done.text
    assert changes(sandbox) == []


def test_ctrl_c_in_a_question(sandbox, shell):
    done = shell.run_in_terminal("track", "delete", TRACK, answers=(("[y/N]: ", "\x03"),))

    assert (done.code, done.lines[-1]) == (130, "interrupted")
    assert changes(sandbox) == []


def test_login_takes_the_secret_from_the_environment(sandbox, bare_shell):
    secret = {"SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret}
    urls = {"SOUNDCLOUD_API_URL": sandbox.api_url, "SOUNDCLOUD_AUTH_URL": sandbox.auth_url}
    arguments = ("login", "--client-id", sandbox.client_id, "--paste")
    done = bare_shell.run_piped(*arguments, **secret, **urls)
    other_app = bare_shell.run_piped(*arguments, **secret, **urls, SOUNDCLOUD_CLIENT_ID="another")

    # It gets as far as the URL that is to be pasted.
    assert f"client_id={sandbox.client_id}" in done.errors
    assert "no URL was pasted" in done.errors
    assert other_app.code == 2
    assert other_app.errors.startswith("error: the app's secret is missing")
    assert sandbox.client_secret not in done.errors + other_app.errors
