"""`login`, `logout`, `whoami`, `profiles` and `doctor`; no output contains a secret."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

import httpx
import pytest

from soundcloud.cli.auth import diagnostics
from soundcloud.sandbox import Faults, RateLimitFault, Sandbox
from soundcloud.stores import FileTokenStore
from tests.cli.conftest import COMMAND, Shell, app_settings, url_settings
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.slow

SECRET = "sandbox-client-secret"


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def loopback(free_port):
    """A sandbox whose app has a redirect URI with a free port."""
    with Sandbox(redirect_uri=f"http://127.0.0.1:{free_port}/callback") as sandbox:
        yield sandbox


@pytest.fixture
def browser_shell(loopback, bare_shell, home, tmp_path):
    """A shell whose browser writes the URL to a file."""
    if os.name != "posix":
        pytest.skip("the browser is a script of a POSIX shell")
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\nprintf "%s\\n" "$1" > "$HOME/url"\n')
    browser.chmod(0o755)
    return Shell({**bare_shell.environment, **url_settings(loopback), "BROWSER": f"{browser} %s"})


def sign_in(sandbox, home, decide=None):
    """Wait for the URL in a thread, and submit the consent page."""

    def answer():
        path = home / "url"
        while not ready.wait(0.02):
            if path.exists() and path.read_text().endswith("\n"):
                url = (decide or sandbox.approve)(path.read_text().strip())
                pages.append(httpx.get(url, trust_env=False).text)
                return

    ready, pages = threading.Event(), []
    thread = threading.Thread(target=answer)
    thread.start()

    def done():
        ready.set()
        thread.join()
        return pages

    return done


def log_in(browser_shell, sandbox, home, *arguments, **changes):
    """Log in to a profile in a terminal."""
    done = sign_in(sandbox, home)
    try:
        completed = browser_shell.run_in_terminal(
            *("login", "--profile", "mine", "--redirect-uri", sandbox.redirect_uri, *arguments),
            # Wait for the space after the prompt: earlier input is discarded when the echo is switched off.
            answers=(("The app's id: ", f"{sandbox.client_id}\n"), ("The app's secret: ", f"{SECRET}\n")),
            **changes,
        )
    finally:
        done()
        (home / "url").unlink(missing_ok=True)
    return completed


def secrets_of(home):
    """Return all secrets in the token file."""
    path = home / ".local/share/soundcloud-sdk/tokens.json"
    entries = json.loads(path.read_text())["tokens"].values() if path.exists() else []
    return [value for entry in entries for name in ("access_token", "refresh_token") if (value := entry[name])]


@posix_only
def test_login_use_and_logout(browser_shell, loopback, home):
    completed = log_in(browser_shell, loopback, home)
    config, tokens = home / ".config/soundcloud-sdk/profiles.json", home / ".local/share/soundcloud-sdk/tokens.json"

    assert completed.code == 0, completed.text
    assert "Waiting for the sign-in in the browser, at most 5 minutes. Without a browser" in completed.text
    assert "press Ctrl-C and run: soundcloud login --paste" in completed.text
    # The id is no secret, and is shown while it is typed.
    assert f"The app's id: {loopback.client_id}" in completed.text
    assert f"signed in as ada-night, profile mine; secrets are stored in {tokens}" in " ".join(completed.text.split())
    assert SECRET not in completed.output
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    assert SECRET not in config.read_text()
    assert SECRET in tokens.read_text()

    me = browser_shell.run_in_process("whoami", "--json")
    assert me.data["username"] == "ada-night"
    assert me.data["profile"] == "mine"
    assert me.data["tokens_kept_in"] == str(tokens)
    assert 3000 < me.data["token_seconds_left"] <= 3600
    assert me.data["token_renewable"] is True
    shown = browser_shell.run_in_terminal("whoami")
    assert re.search(r"Token expires in +(59|60) minutes", shown.text)
    assert "Uploads" in shown.text

    listed = browser_shell.run_in_process("profiles", "--json")
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
    assert browser_shell.run_in_process("me").code == 0

    secrets = [SECRET, *secrets_of(home)]
    assert len(secrets) >= 4
    for arguments in (
        *(("whoami", "--debug"), ("profiles", "list"), ("doctor", "--debug"), ("me", "--json", "--debug")),
        *(("api", "GET", "/me", "--debug"), ("track", "1", "--debug"), ("logout", "--debug")),
    ):
        result = browser_shell.run_piped(*arguments)
        assert [secret for secret in secrets if secret in result.output + result.errors] == [], arguments
    assert browser_shell.run_in_process("me").code == 3
    assert browser_shell.run_in_process("logout").code == 3
    assert FileTokenStore(tokens).for_user("profile:mine").get() is None

    assert log_in(browser_shell, loopback, home).code == 0
    assert browser_shell.run_in_process("logout", "--forget").code == 0
    assert browser_shell.run_in_process("profiles", "--json").data == []
    assert secrets_of(home) == []


def test_keyring_store(browser_shell, loopback, home):
    backend = {"PYTHON_KEYRING_BACKEND": "tests.cli.file_keyring.FileKeyring"}
    completed = log_in(browser_shell, loopback, home, **backend)
    entries = json.loads((home / "keyring.json").read_text())

    assert completed.code == 0, completed.text
    assert "secrets are stored in the keyring" in completed.text
    assert {name.partition("/")[2] for name in entries} > {"user:client-secret:mine", "user:profile:mine"}
    assert not (home / ".local/share/soundcloud-sdk/tokens.json").exists()
    assert browser_shell.run_piped("whoami", "--json", **backend).data["tokens_kept_in"] == "the keyring"

    # Another login can move the secrets, and leaves none behind.
    moved = sign_in(loopback, home)
    again = browser_shell.run_piped("login", "--keep-in", "file", **backend)
    moved()
    assert again.code == 0, again.errors
    assert json.loads((home / "keyring.json").read_text()) == {}
    assert SECRET in secrets_of(home)
    # Without a keyring, --keep-in keyring fails instead of using the file.
    refused = browser_shell.run_piped("login", "--keep-in", "keyring")
    assert refused.code == 1
    assert "there is no keyring on this machine" in refused.errors


def test_second_login_needs_no_credentials(browser_shell, loopback, home):
    assert log_in(browser_shell, loopback, home).code == 0
    done = sign_in(loopback, home)
    again = browser_shell.run_piped("login")
    assert len(done()) == 1
    assert again.code == 0, again.errors
    assert "profile mine" in again.errors


def test_user_declines_access(browser_shell, loopback, home):
    done = sign_in(loopback, home, loopback.refuse)
    completed = browser_shell.run_piped("login", **app_settings(loopback))
    (page,) = done()
    assert completed.code == 1
    assert completed.errors.splitlines()[-2].startswith("error: ")
    assert "error: you declined access in the browser\n" in completed.errors
    assert "<html" in page
    assert not (home / ".local/share/soundcloud-sdk/tokens.json").exists()


def test_login_by_pasting_the_url(browser_shell, loopback, home):
    program = subprocess.Popen(
        [*COMMAND, "login", "--paste"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=browser_shell.variables(**app_settings(loopback)),
    )
    url = ""
    while "/authorize?" not in url:
        url = program.stderr.readline()
        assert url
    output, errors = program.communicate(loopback.approve(url.strip()) + "\n", timeout=60)

    assert (program.returncode, output.strip()) == (0, "")
    assert "signed in as ada-night" in errors
    assert "code=" not in errors
    assert not (home / "url").exists()
    assert (
        browser_shell.run_in_process("whoami", "--json", **app_settings(loopback)).data["app_from"] == "the environment"
    )
    completed = browser_shell.run_piped("login", "--paste", **app_settings(loopback))
    assert completed.code == 1
    assert completed.errors.splitlines()[-2] == "error: no URL was pasted"
    # click 8.1 writes the space after the colon to stdout.
    assert "After signing in, paste the URL from the browser's address bar:" in completed.errors
    assert "Waiting for" not in completed.errors


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SOUNDCLOUD_API_URL", "foo", "SOUNDCLOUD_API_URL='foo' is not the URL of a server"),
        ("SOUNDCLOUD_AUTH_URL", "foo", "SOUNDCLOUD_AUTH_URL='foo' is not the URL of a server"),
        ("SOUNDCLOUD_ACCESS_TOKEN", "a\nb", "SOUNDCLOUD_ACCESS_TOKEN holds a line break"),
    ],
)
def test_a_wrong_variable_is_named(bare_shell, loopback, variable, value, message):
    done = bare_shell.run_in_process("me", **{**app_settings(loopback), variable: value})

    assert done.code == 2
    assert done.errors.startswith(f"error: {message}")
    assert done.errors.endswith(f"what to do: correct or unset {variable}\n")


def test_a_wrong_setting_of_a_profile_is_named(bare_shell, home):
    path = home / ".config/soundcloud-sdk/profiles.json"
    path.parent.mkdir(parents=True)
    profile = {"client_id": "a", "redirect_uri": "http://127.0.0.1:1/c", "place": "file", "base_url": "foo"}
    path.write_text(json.dumps({"version": 1, "current": "mine", "profiles": {"mine": profile}}))
    done = bare_shell.run_in_process("me")

    assert done.code == 2
    assert done.errors.startswith(f"error: profile mine of {path}: base_url='foo' is not the URL of a server")


def test_options_of_login_with_the_app_of_the_environment(browser_shell, loopback):
    given = ("login", "--no-browser", "--wait", "0.2")
    uri = "http://127.0.0.1:9123/x"
    shown = browser_shell.run_piped(*given, "--redirect-uri", uri, **app_settings(loopback))
    refused = browser_shell.run_piped(*given, "--keep-in", "file", **app_settings(loopback))

    assert f"redirect_uri={quote(uri, safe='')}" in shown.errors
    assert refused.code == 2
    assert "the app comes from SOUNDCLOUD_CLIENT_ID" in refused.errors


def test_timeout_of_the_sign_in(browser_shell, loopback):
    done = browser_shell.run_piped("login", "--wait", "0.2", "--no-browser", **app_settings(loopback))
    first, second = done.errors.splitlines()[-2:]

    assert done.code == 1
    assert first == "error: timed out after 0.2 seconds waiting for the sign-in"
    assert second.startswith(
        "  what to do: sign in without a browser here: soundcloud login --paste; or wait longer: --wait; "
    )


def test_login_without_terminal(bare_shell):
    completed = bare_shell.run_in_process("login")

    assert completed.code == 2
    assert completed.errors == (
        "error: the app's id is missing, and standard input is not a terminal\n"
        "  what to do: set SOUNDCLOUD_CLIENT_ID and SOUNDCLOUD_CLIENT_SECRET\n"
    )
    secret = bare_shell.run_in_process("login", "--client-id", "x").errors
    assert secret.endswith("  what to do: set SOUNDCLOUD_CLIENT_SECRET\n")
    assert bare_shell.run_in_process("login", "--profile", "../x").errors.startswith(
        "error: '../x' is not a valid profile name"
    )


def test_several_profiles(browser_shell, loopback, home):
    assert log_in(browser_shell, loopback, home).code == 0
    done = sign_in(loopback, home, lambda url: loopback.approve(url, user="marlow-finch"))
    second = browser_shell.run_piped("login", "--profile", "work", **app_settings(loopback))
    done()
    assert second.code == 0, second.errors
    assert browser_shell.run_in_process("me", "--json").data["username"] == "ada-night"
    assert browser_shell.run_in_process("me", "--json", "--profile", "work").data["username"] == "Marlow Finch"
    assert browser_shell.run_in_process("profiles", "use", "work").code == 0
    assert browser_shell.run_in_process("me", "--json").data["username"] == "Marlow Finch"
    assert browser_shell.run_in_process("profiles", "use", "nix").code == 4
    assert browser_shell.run_in_process("profiles", "remove", "mine").code == 2
    assert browser_shell.run_in_process("profiles", "remove", "mine", "--dry-run").output.startswith(
        "would delete profile 'mine'"
    )
    assert [each["name"] for each in browser_shell.run_in_process("profiles", "--json").data] == ["mine", "work"]
    no = browser_shell.run_in_terminal("profiles", "remove", "mine", answers=(("tokens?", "n\n"),))
    assert no.code == 1
    assert "cancelled: nothing was changed" in no.text
    assert browser_shell.run_in_terminal("profiles", "remove", "mine", answers=(("tokens?", "y\n"),)).code == 0
    assert [each["name"] for each in browser_shell.run_in_process("profiles", "--json").data] == ["work"]
    completed = browser_shell.run_piped(
        _SOUNDCLOUD_COMPLETE="bash_complete", COMP_WORDS="soundcloud me --profile w", COMP_CWORD="3"
    )
    assert completed.output.split() == ["plain,work"]


def test_damaged_profiles_file(bare_shell, home):
    path = home / ".config/soundcloud-sdk/profiles.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    completed = bare_shell.run_in_process("me")

    assert completed.code == 1
    assert completed.errors == (
        f"error: {path} has no profiles of this version\n  what to do: remove it and sign in again\n"
    )


def test_logout_deletes_tokens_if_sign_out_fails(browser_shell, loopback, home):
    assert log_in(browser_shell, loopback, home).code == 0
    loopback.set_faults(Faults(error_rate={"unavailable_html": 1.0}, paths=["/sign-out"]))
    completed = browser_shell.run_in_process("logout")

    assert completed.code == 1
    assert "the tokens on this machine are deleted, but SoundCloud could not revoke them" in completed.errors
    assert browser_shell.run_in_process("profiles", "--json").data[0]["signed_in"] is False


def test_logout_with_disconnect(browser_shell, loopback, home):
    assert log_in(browser_shell, loopback, home).code == 0
    loopback.set_faults(Faults(error_rate={"unavailable_html": 1.0}, paths=["/disconnect"]))
    refused = browser_shell.run_in_process("logout", "--disconnect", "--forget")
    kept = browser_shell.run_in_process("profiles", "--json").data
    loopback.clear_faults()
    completed = browser_shell.run_in_process("logout", "--disconnect")

    assert refused.code == 1
    assert "the app is still connected to your account, and you are still signed in" in refused.errors
    assert "soundcloud.com/settings/connections" in refused.errors
    assert [profile["signed_in"] for profile in kept] == [True]
    assert completed.code == 0, completed.errors
    assert "disconnected the app from your account and signed out" in completed.errors
    assert "/disconnect" in [request.path for request in loopback.requests]
    assert "/sign-out" not in [request.path for request in loopback.requests]
    assert browser_shell.run_in_process("profiles", "--json").data[0]["signed_in"] is False
    assert browser_shell.run_in_process("logout", "--disconnect").code == 3


def test_tokens_from_the_environment(sandbox, app_shell, home, tmp_path):
    token = sandbox.user_token()
    given = app_shell.run_in_process("whoami", "--json", SOUNDCLOUD_ACCESS_TOKEN=token).data
    assert given["app_from"] == "the environment"
    assert given["tokens_kept_in"] == "memory, until the command ends"
    assert not (home / ".local").exists()

    settings = sandbox.client_settings()
    path = tmp_path / "tokens.json"
    for _ in range(2):
        kept = app_shell.run_in_process(
            "whoami",
            "--json",
            SOUNDCLOUD_REFRESH_TOKEN=settings["refresh_token"],
            SOUNDCLOUD_TOKEN_FILE=str(path),
        )
        assert kept.data["tokens_kept_in"] == str(path)
        assert kept.data["token_renewable"] is True
    # Without a token file in the environment, each refresh token has its own key in the default file.
    other = sandbox.client_settings("marlow-finch")
    for _ in range(2):
        kept = app_shell.run_in_process("whoami", "--json", SOUNDCLOUD_REFRESH_TOKEN=other["refresh_token"])
        assert kept.data["username"] == "Marlow Finch"
    assert sandbox.token_requests()["refresh_token"] == 2


def test_app_token_is_shared(sandbox, app_shell):
    for _ in range(3):
        assert app_shell.run_in_process("search", "tracks", "lofi", "--limit", "1").code == 0
    assert sandbox.token_requests()["client_credentials"] == 1


def test_doctor_passes(shell):
    result = shell.run_piped("doctor")
    at_terminal = shell.run_in_terminal("doctor", columns=60)
    results = shell.run_in_process("doctor", "--json").data

    assert result.code == at_terminal.code == 0
    assert [line for line in result.lines if not line.startswith(("ok      ", "        to do: "))] == []
    assert max(map(len, at_terminal.lines)) <= 60
    assert [each["check"] for each in results] == [
        *("installed", "extras", "players", "profiles", "token file", "account", "app", "redirect URI"),
        *("API", "sign-in", "clock", "app token", "user"),
    ]
    assert results[-1]["detail"] == "signed in as ada-night"
    assert all(each["ok"] for each in results)
    csv = shell.run_in_process("doctor", "--csv", "--fields", "check,ok").output
    assert csv.startswith("check,ok\ninstalled,true\n")


@posix_only
def test_doctor_reports_failed_checks(sandbox, shell, home):
    path = home / ".local/share/soundcloud-sdk/tokens.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    path.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    completed = shell.run_in_process(
        "doctor",
        "--json",
        SOUNDCLOUD_CLIENT_SECRET='"quoted"',
        SOUNDCLOUD_REDIRECT_URI="https://example.com/callback",
        SOUNDCLOUD_AUTH_URL=closed,
    )
    wrong = {each["check"]: each for each in completed.data if not each["ok"]}

    assert completed.code == 1
    assert set(wrong) >= {"token file", "app", "sign-in", "app token"}
    assert wrong["token file"]["to_do"] == f"chmod 600 {path}, then sign in again"
    assert wrong["app"]["detail"] == "the app's secret contains a space or a quote"
    assert closed in wrong["sign-in"]["detail"]
    redirect = next(each for each in completed.data if each["check"] == "redirect URI")
    assert redirect["to_do"] == "sign in with: soundcloud login --paste"
    assert "quoted" not in completed.output


def test_doctor_without_account(bare_shell):
    completed = bare_shell.run_in_process(
        "doctor", "--json", http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9"
    )
    results = {each["check"]: each for each in completed.data}

    assert completed.code == 1
    assert results["account"]["to_do"].startswith("soundcloud login")
    assert results["API"]["ok"] is False
    assert "app token" not in results


def test_doctor_checks_the_clock(sandbox, shell, monkeypatch):
    class Late(diagnostics.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + timedelta(minutes=10)

    monkeypatch.setattr(diagnostics, "datetime", Late)
    completed = shell.run_in_process("doctor", "--json")
    (clock,) = [each for each in completed.data if each["check"] == "clock"]

    assert clock["ok"] is False
    assert re.fullmatch(r"wrong by (599|600|601) seconds", clock["detail"])


def test_doctor_live(sandbox, shell, tmp_path):
    report = tmp_path / "report.md"
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(20, 60)))
    stopped = shell.run_in_process("doctor", "--live", "--report", str(report), "--json")
    sandbox.clear_faults()
    completed = shell.run_in_process("doctor", "--live", "--report", str(report), "--json")
    before, after = stopped.data[-1], completed.data[-1]

    assert (stopped.code, before["check"], before["ok"]) == (1, "live check", False)
    assert before["detail"] == "a rate limit of SoundCloud is reached"
    assert re.fullmatch(r"run the command again in \d+ seconds?: it continues where it stopped", before["to_do"])
    assert (completed.code, after["ok"], after["to_do"]) == (0, True, "attach it to an issue")
    assert re.fullmatch(
        rf"\d+ responses, \d+ with a difference; the report is {re.escape(str(report))}", after["detail"]
    )
    assert report.read_text().startswith("# Live check of SoundCloud's API")
    assert {request.method for request in sandbox.requests if request.path != "/oauth/token"} == {"GET", "HEAD"}


def test_doctor_live_fails(shell, tmp_path):
    missing = shell.run_in_process("doctor", "--live", "--report", str(tmp_path / "none" / "report.md"), "--json")
    wrong = shell.run_in_process("doctor", "--writes")

    assert (missing.code, missing.data[-1]["to_do"]) == (1, "choose another file with --report")
    assert wrong.code == 2
    assert wrong.errors.startswith("error: --writes needs --live\n")


def test_running_sandbox_is_used(sandbox, bare_shell):
    settings = {**url_settings(sandbox), **app_settings(sandbox)}
    assert bare_shell.run_in_process("me", "--json", "--sandbox", **settings).data["username"] == "ada-night"
    assert (
        bare_shell.run_in_process("whoami", "--json", "--sandbox", **settings).data["app_from"]
        == f"the sandbox at {sandbox.api_url}"
    )
    assert sandbox.token_requests()["authorization_code"] == 2
    # The sandbox itself returns what is not set.
    only_url = {"SOUNDCLOUD_API_URL": sandbox.api_url}
    assert (
        bare_shell.run_in_process("whoami", "--json", "--sandbox", **only_url).data["app_from"]
        == f"the sandbox at {sandbox.api_url}"
    )
    wrong = bare_shell.run_in_process("me", "--sandbox", **{**settings, "SOUNDCLOUD_CLIENT_ID": "another"})
    assert wrong.code == 1
    assert "does not know this app" in wrong.errors


def test_sandbox_that_does_not_return_its_other_urls(bare_shell):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/-/health" else 403)
            self.end_headers()
            self.wfile.write(b'{"status": "ok"}')

        def log_message(self, *_):
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        url = f"http://127.0.0.1:{server.server_port}"
        refused = bare_shell.run_in_process("me", "--sandbox", SOUNDCLOUD_API_URL=url)
        server.shutdown()

    assert (refused.code, refused.errors.splitlines()) == (
        1,
        [
            f"error: SOUNDCLOUD_AUTH_URL is not set, and the sandbox at {url} does not return it (status 403)",
            "  what to do: set the environment variables that it prints: soundcloud sandbox --print-env",
        ],
    )


@posix_only
def test_sandbox_in_the_background_on_other_ports_is_used(bare_shell):
    started = bare_shell.run_piped("sandbox", "--background", "--port", "0")
    try:
        url = started.lines[0].partition("=")[2]
        app = {"SOUNDCLOUD_CLIENT_ID": "real", "SOUNDCLOUD_CLIENT_SECRET": "app"}
        used = bare_shell.run_piped("whoami", "--json", "--sandbox", **app)
        stopped_url = {"SOUNDCLOUD_API_URL": "http://127.0.0.1:9", "SOUNDCLOUD_AUTH_URL": "http://127.0.0.1:9"}
        after_another = bare_shell.run_piped("whoami", "--json", "--sandbox", **stopped_url)
    finally:
        bare_shell.run_piped("sandbox", "--stop")

    assert used.data["app_from"] == after_another.data["app_from"] == f"the sandbox at {url}"
    assert bare_shell.run_piped("whoami", "--json", "--sandbox").data["app_from"] != f"the sandbox at {url}"


def test_sandbox_for_one_command(bare_shell):
    result = bare_shell.run_in_terminal("me", "--sandbox", "--fields", "username")

    assert result.code == 0
    text = " ".join(result.text.split())
    assert "started a sandbox for this command only, because none runs at http://127.0.0.1:8700; " in text
    assert "to use one at another URL, set SOUNDCLOUD_API_URL to that URL" in text
    assert "ada-night" in result.text
    assert bare_shell.run_piped("me", "--sandbox", "--json").errors == ""


@pytest.mark.parametrize("columns", [40, 80])
def test_demo(bare_shell, columns):
    result = bare_shell.run_piped("demo", COLUMNS=str(columns))
    text = " ".join(result.output.split())

    assert result.code == 0
    assert "signed in as" in text
    assert "both clients have methods for 64 of the 64 operations" in text
    # Lines end between words: only a word that is too long itself is in a line that is too long.
    assert [line for line in result.lines if len(line) > columns and (columns == 80 or " " in line.strip())] == []
    assert columns == 40 or len(re.findall(r" {2,}[\d,]+ plays$", result.output, re.MULTILINE)) == 6


@posix_only
def test_sandbox_command(bare_shell):
    program = subprocess.Popen(
        [*COMMAND, "sandbox", "--port=0", "--auth-port=0", "--print-env"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=bare_shell.environment,
    )
    first = program.stdout.readline()
    program.send_signal(signal.SIGTERM)
    _, errors = program.communicate(timeout=30)

    assert (program.returncode, errors) == (0, "")
    assert first.startswith("export SOUNDCLOUD_API_URL=http://127.0.0.1:")
    assert bare_shell.run_in_process("sandbox", "--port", "many").code == 2
