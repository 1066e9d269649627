"""Signing in and out, profiles, whoami and doctor: at a terminal, through pipes, and never a secret."""

import json
import re
import signal
import socket
import stat
import subprocess
import threading
from datetime import timedelta

import httpx
import pytest

from soundcloud.cli.auth import checks
from soundcloud.sandbox import Faults, Sandbox
from soundcloud.stores import FileTokenStore
from tests.cli.conftest import COMMAND, Shell, addresses, app_of

pytestmark = pytest.mark.slow

SECRET = "sandbox-client-secret"


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def loopback(free_port):
    """A sandbox whose app has a redirect URI that is free here."""
    with Sandbox(redirect_uri=f"http://127.0.0.1:{free_port}/callback") as sandbox:
        yield sandbox


@pytest.fixture
def person(loopback, nobody, home, tmp_path):
    """A shell whose browser is a program that signs in: it follows the address as a person would."""
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\nprintf "%s\\n" "$1" > "$HOME/address"\n')
    browser.chmod(0o755)
    return Shell({**nobody.environment, **addresses(loopback), "BROWSER": f"{browser} %s"})


def sign_in(sandbox, home, decide=None):
    """Wait for the address, and answer it as the person at the consent page."""

    def answer():
        path = home / "address"
        while not ready.wait(0.02):
            if path.exists() and path.read_text().endswith("\n"):
                address = (decide or sandbox.approve)(path.read_text().strip())
                pages.append(httpx.get(address, trust_env=False).text)
                return

    ready, pages = threading.Event(), []
    thread = threading.Thread(target=answer)
    thread.start()

    def done():
        ready.set()
        thread.join()
        return pages

    return done


def log_in(person, sandbox, home, *arguments, **changes):
    """Log in to a profile at a terminal."""
    done = sign_in(sandbox, home)
    try:
        ended = person.terminal(
            *("login", "--profile", "mine", "--redirect-uri", sandbox.redirect_uri, *arguments),
            # The space is written last: what is typed before that is thrown away, so that nobody sees it.
            answers=(("The app's id: ", f"{sandbox.client_id}\n"), ("The app's secret: ", f"{SECRET}\n")),
            **changes,
        )
    finally:
        done()
        (home / "address").unlink(missing_ok=True)
    return ended


def secrets_of(home):
    """All secrets that the token file holds."""
    path = home / ".local/share/soundcloud-sdk/tokens.json"
    entries = json.loads(path.read_text())["tokens"].values() if path.exists() else []
    return [value for entry in entries for name in ("access_token", "refresh_token") if (value := entry[name])]


def test_from_the_sign_in_to_the_end(person, loopback, home):
    ended = log_in(person, loopback, home)
    config, tokens = home / ".config/soundcloud-sdk/profiles.json", home / ".local/share/soundcloud-sdk/tokens.json"

    assert ended.code == 0, ended.told
    assert f"signed in as ada-night, profile mine; its secrets are kept in {tokens}" in ended.told
    assert loopback.client_id not in ended.output.replace(f"client_id={loopback.client_id}", "")
    assert SECRET not in ended.output
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    assert SECRET not in config.read_text()
    assert SECRET in tokens.read_text()

    me = person.here("whoami", "--json")
    assert me.data["username"] == "ada-night"
    assert me.data["profile"] == "mine"
    assert me.data["tokens_kept_in"] == str(tokens)
    assert 3000 < me.data["token_seconds_left"] <= 3600
    assert me.data["token_renewable"] is True
    shown = person.terminal("whoami")
    assert re.search(r"Token ends in +(59|60) minutes", shown.told)
    assert "Uploads" in shown.told

    listed = person.here("profiles", "--json")
    assert listed.data == [
        {
            "name": "mine",
            "current": True,
            "signed_in": True,
            "client_id": loopback.client_id,
            "secrets_kept_in": str(tokens),
        }
    ]
    loopback.expire_tokens()
    assert person.here("me").code == 0

    secrets = [SECRET, *secrets_of(home)]
    assert len(secrets) >= 4
    for arguments in (
        *(("whoami", "--debug"), ("profiles", "list"), ("doctor", "--debug"), ("me", "--json", "--debug")),
        *(("api", "GET", "/me", "--debug"), ("track", "1", "--debug"), ("logout", "--debug")),
    ):
        told = person.pipe(*arguments)
        assert [secret for secret in secrets if secret in told.output + told.errors] == [], arguments
    assert person.here("me").code == 3
    assert person.here("logout").code == 3
    assert FileTokenStore(tokens).for_user("profile:mine").get() is None

    assert log_in(person, loopback, home).code == 0
    assert person.here("logout", "--forget").code == 0
    assert person.here("profiles", "--json").data == []
    assert secrets_of(home) == []


def test_the_keyring(person, loopback, home):
    backend = {"PYTHON_KEYRING_BACKEND": "tests.cli.file_keyring.FileKeyring"}
    ended = log_in(person, loopback, home, **backend)
    entries = json.loads((home / "keyring.json").read_text())

    assert ended.code == 0, ended.told
    assert "its secrets are kept in the keyring" in ended.told
    assert {name.partition("/")[2] for name in entries} > {"user:client-secret:mine", "user:profile:mine"}
    assert not (home / ".local/share/soundcloud-sdk/tokens.json").exists()
    assert person.pipe("whoami", "--json", **backend).data["tokens_kept_in"] == "the keyring"

    # Signing in again may move them, and nothing is left behind.
    moved = sign_in(loopback, home)
    again = person.pipe("login", "--keep-in", "file", **backend)
    moved()
    assert again.code == 0, again.errors
    assert json.loads((home / "keyring.json").read_text()) == {}
    assert SECRET in secrets_of(home)
    # A keyring that was asked for and is not there is no reason to keep them elsewhere.
    refused = person.pipe("login", "--keep-in", "keyring")
    assert refused.code == 1
    assert "there is no keyring on this machine" in refused.errors


def test_the_second_sign_in_asks_for_nothing(person, loopback, home):
    assert log_in(person, loopback, home).code == 0
    done = sign_in(loopback, home)
    again = person.pipe("login")
    assert len(done()) == 1
    assert again.code == 0, again.errors
    assert "profile mine" in again.errors


def test_a_person_who_refuses(person, loopback, home):
    done = sign_in(loopback, home, loopback.refuse)
    ended = person.pipe("login", **app_of(loopback))
    (page,) = done()
    assert ended.code == 1
    assert ended.errors.splitlines()[-2].startswith("error: ")
    assert "error: the person did not let the app in\n" in ended.errors
    assert "<html" in page
    assert not (home / ".local/share/soundcloud-sdk/tokens.json").exists()


def test_pasting(person, loopback, home):
    program = subprocess.Popen(
        [*COMMAND, "login", "--paste"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=person.variables(**app_of(loopback)),
    )
    address = ""
    while "/authorize?" not in address:
        address = program.stderr.readline()
        assert address
    output, errors = program.communicate(loopback.approve(address.strip()) + "\n", timeout=60)

    assert (program.returncode, output.strip()) == (0, "")
    assert "signed in as ada-night" in errors
    assert "code=" not in errors
    assert not (home / "address").exists()
    assert person.here("whoami", "--json", **app_of(loopback)).data["app_from"] == "the environment"
    ended = person.pipe("login", "--paste", **app_of(loopback))
    assert ended.code == 1
    assert ended.errors.splitlines()[-2] == "error: nothing was pasted"


def test_login_without_a_terminal_says_what_it_needs(nobody):
    ended = nobody.here("login")

    assert ended.code == 2
    assert ended.errors == (
        "error: the app's id is not known, and nobody can be asked here\n"
        "  what to do: set SOUNDCLOUD_CLIENT_ID, SOUNDCLOUD_CLIENT_SECRET and SOUNDCLOUD_REDIRECT_URI\n"
    )
    assert nobody.here("login", "--profile", "../x").errors.startswith("error: '../x' is no name of a profile")


def test_several_profiles(person, loopback, home):
    assert log_in(person, loopback, home).code == 0
    done = sign_in(loopback, home, lambda url: loopback.approve(url, username="marlow-finch"))
    second = person.pipe("login", "--profile", "work", **app_of(loopback))
    done()
    assert second.code == 0, second.errors
    assert person.here("me", "--json").data["username"] == "ada-night"
    assert person.here("me", "--json", "--profile", "work").data["username"] == "Marlow Finch"
    assert person.here("profiles", "use", "work").code == 0
    assert person.here("me", "--json").data["username"] == "Marlow Finch"
    assert person.here("profiles", "use", "nix").code == 3
    assert person.here("profiles", "remove", "mine").code == 2
    assert person.here("profiles", "remove", "mine", "--dry-run").output.startswith("would forget the profile mine")
    assert [each["name"] for each in person.here("profiles", "--json").data] == ["mine", "work"]
    no = person.terminal("profiles", "remove", "mine", answers=(("tokens?", "n\n"),))
    assert no.code == 1
    assert "nothing was changed" in no.told
    assert person.terminal("profiles", "remove", "mine", answers=(("tokens?", "y\n"),)).code == 0
    assert [each["name"] for each in person.here("profiles", "--json").data] == ["work"]
    completed = person.pipe(
        _SOUNDCLOUD_COMPLETE="bash_complete", COMP_WORDS="soundcloud me --profile w", COMP_CWORD="3"
    )
    assert completed.output.split() == ["plain,work"]


def test_damaged_profiles_are_named(nobody, home):
    path = home / ".config/soundcloud-sdk/profiles.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    ended = nobody.here("me")

    assert ended.code == 1
    assert ended.errors == (
        f"error: {path} holds no profiles of this version\n  what to do: move it away and sign in again\n"
    )


def test_a_sign_out_that_nobody_hears_removes_the_tokens_all_the_same(person, loopback, home):
    assert log_in(person, loopback, home).code == 0
    loopback.set_faults(Faults(error_rate={"unavailable_html": 1.0}, paths=["/sign-out"]))
    ended = person.here("logout")

    assert ended.code == 1
    assert "the tokens are removed here, but SoundCloud was not told" in ended.errors
    assert person.here("profiles", "--json").data[0]["signed_in"] is False


def test_the_environment_and_its_tokens(sandbox, stranger, home, tmp_path):
    token = sandbox.user_token()
    given = stranger.here("whoami", "--json", SOUNDCLOUD_ACCESS_TOKEN=token).data
    assert given["app_from"] == "the environment"
    assert given["tokens_kept_in"] == "memory, until the command ends"
    assert not (home / ".local").exists()

    settings = sandbox.client_settings()
    path = tmp_path / "tokens.json"
    for _ in range(2):
        kept = stranger.here(
            "whoami",
            "--json",
            SOUNDCLOUD_REFRESH_TOKEN=settings["refresh_token"],
            SOUNDCLOUD_TOKEN_FILE=str(path),
        )
        assert kept.data["tokens_kept_in"] == str(path)
        assert kept.data["token_renewable"] is True
    # Without a file that is named, what came of this refresh token is found again, and that of another is another.
    other = sandbox.client_settings("marlow-finch")
    for _ in range(2):
        kept = stranger.here("whoami", "--json", SOUNDCLOUD_REFRESH_TOKEN=other["refresh_token"])
        assert kept.data["username"] == "Marlow Finch"
    assert sandbox.token_requests()["refresh_token"] == 2


def test_an_app_token_is_shared(sandbox, stranger):
    for _ in range(3):
        assert stranger.here("search", "tracks", "lofi", "--limit", "1").code == 0
    assert sandbox.token_requests()["client_credentials"] == 1


def test_doctor_finds_nothing_wrong(shell):
    told = shell.pipe("doctor")
    at_terminal = shell.terminal("doctor", columns=60)
    findings = shell.here("doctor", "--json").data

    assert told.code == at_terminal.code == 0
    assert [line for line in told.lines if not line.startswith(("ok      ", "        to do: "))] == []
    assert max(map(len, at_terminal.lines)) <= 60
    assert [each["check"] for each in findings] == [
        *("installed", "extras", "players", "profiles", "token file", "account", "app", "redirect URI"),
        *("API", "sign-in", "clock", "app token", "person"),
    ]
    assert findings[-1]["detail"] == "signed in as ada-night"
    assert all(each["ok"] for each in findings)
    csv = shell.here("doctor", "--csv", "--fields", "check,ok").output
    assert csv.startswith("check,ok\ninstalled,true\n")


def test_doctor_finds_what_is_wrong(sandbox, shell, home):
    path = home / ".local/share/soundcloud-sdk/tokens.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    path.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    ended = shell.here(
        "doctor",
        "--json",
        SOUNDCLOUD_CLIENT_SECRET='"quoted"',
        SOUNDCLOUD_REDIRECT_URI="https://example.com/callback",
        SOUNDCLOUD_AUTH_URL=closed,
    )
    wrong = {each["check"]: each for each in ended.data if not each["ok"]}

    assert ended.code == 1
    assert set(wrong) >= {"token file", "app", "sign-in", "app token"}
    assert wrong["token file"]["to_do"] == f"chmod 600 {path}, then sign in again"
    assert wrong["app"]["detail"] == "a blank or a quote is in the app's secret"
    assert closed in wrong["sign-in"]["detail"]
    redirect = next(each for each in ended.data if each["check"] == "redirect URI")
    assert redirect["to_do"] == "sign in with: soundcloud login --paste"
    assert "quoted" not in ended.output


def test_doctor_without_an_account(nobody):
    ended = nobody.here("doctor", "--json", http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    findings = {each["check"]: each for each in ended.data}

    assert ended.code == 1
    assert findings["account"]["to_do"].startswith("soundcloud login")
    assert findings["API"]["ok"] is False
    assert "app token" not in findings


def test_doctor_looks_at_the_clock(sandbox, shell, monkeypatch):
    class Late(checks.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + timedelta(minutes=10)

    monkeypatch.setattr(checks, "datetime", Late)
    ended = shell.here("doctor", "--json")
    (clock,) = [each for each in ended.data if each["check"] == "clock"]

    assert clock["ok"] is False
    assert re.fullmatch(r"is (599|600|601) seconds off", clock["detail"])


def test_a_running_sandbox_is_used(sandbox, nobody):
    settings = {**addresses(sandbox), **app_of(sandbox)}
    assert nobody.here("me", "--json", "--sandbox", **settings).data["username"] == "ada-night"
    assert (
        nobody.here("whoami", "--json", "--sandbox", **settings).data["app_from"] == f"the sandbox at {sandbox.api_url}"
    )
    assert sandbox.token_requests()["authorization_code"] == 2
    wrong = nobody.here("me", "--sandbox", **{**settings, "SOUNDCLOUD_CLIENT_ID": "another"})
    assert wrong.code == 1
    assert "does not know this app" in wrong.errors


def test_a_sandbox_for_one_command(nobody):
    told = nobody.terminal("me", "--sandbox", "--fields", "username")

    assert told.code == 0
    assert "a sandbox for this command only" in told.told
    assert "ada-night" in told.told
    assert nobody.pipe("me", "--sandbox", "--json").errors == ""


def test_the_demo(nobody):
    told = nobody.pipe("demo")

    assert told.code == 0
    assert "signed in as" in told.output
    assert "operations of SoundCloud's document are methods of both clients" in told.output


def test_the_sandbox_command(nobody):
    program = subprocess.Popen(
        [*COMMAND, "sandbox", "--port=0", "--auth-port=0", "--print-env"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=nobody.environment,
    )
    first = program.stdout.readline()
    program.send_signal(signal.SIGTERM)
    _, errors = program.communicate(timeout=30)

    assert (program.returncode, errors) == (0, "")
    assert first.startswith("export SOUNDCLOUD_API_URL=http://127.0.0.1:")
    assert nobody.here("sandbox", "--port", "many").code == 2
