"""Starting, stopping and resetting; several sandboxes at once; no threads or sockets left open."""

import logging
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import soundcloud.sandbox
import soundcloud.sandbox.__main__ as command_line
from soundcloud.sandbox import Sandbox, SandboxError


def get(sandbox, path, token):
    headers = {"Authorization": f"OAuth {token}"}
    return httpx.get(f"{sandbox.api_url}{path}", headers=headers, trust_env=False, verify=False)


def port_of(url):
    return int(url.rsplit(":", 1)[1])


def test_two_sandboxes_are_independent():
    with Sandbox() as one, Sandbox(client_id="another", redirect_uri="myapp://back") as two:
        assert len({one.api_url, one.auth_url, one.media_url, two.api_url, two.auth_url, two.media_url}) == 6
        assert (two.client_id, two.redirect_uri) == ("another", "myapp://back")
        token = one.user_token()
        track = get(one, "/tracks", token).json()[0]["urn"]
        headers = {"Authorization": f"OAuth {token}"}
        assert get(one, "/me", token).status_code == 200
        assert get(two, "/me", token).status_code == 401
        httpx.post(f"{one.api_url}/likes/tracks/{track}", headers=headers, trust_env=False, verify=False)
        assert track == get(one, "/me/likes/tracks", token).json()[0]["urn"]
        assert track != get(two, "/me/likes/tracks", two.user_token()).json()[0]["urn"]


def test_close_ends_thread_and_sockets():
    before = set(threading.enumerate())
    sandbox = Sandbox()
    ports = [port_of(url) for url in (sandbox.api_url, sandbox.auth_url, sandbox.media_url)]
    with httpx.Client(trust_env=False, verify=False) as client:
        # An idle connection does not delay closing.
        client.get(f"{sandbox.api_url}/me")
        assert set(threading.enumerate()) - before
        sandbox.close()
        sandbox.close()

    assert set(threading.enumerate()) <= before
    for port in ports:
        with socket.create_server(("127.0.0.1", port)):
            pass


def test_port_in_use_is_named():
    before = set(threading.enumerate())
    with Sandbox() as sandbox:
        port = port_of(sandbox.api_url)
        with pytest.raises(SandboxError, match=rf"port {port}: .*choose another port"):
            Sandbox(port=port)
        with pytest.raises(SandboxError, match=r"choose another auth_port \(--auth-port\), or 0"):
            Sandbox(auth_port=port)

    assert set(threading.enumerate()) <= before


def test_same_seed_gives_the_same_dataset():
    def titles(seed):
        with Sandbox(seed=seed) as sandbox:
            tracks = get(sandbox, "/tracks?limit=200&access=playable,preview,blocked", sandbox.user_token()).json()
            return [
                (track["id"], track["title"], track["favoritings_count"])
                for track in tracks
                if "favoritings_count" in track
            ]

    first = titles(3)
    assert first == titles(3)
    assert first != titles(4)


def test_size_and_variety_of_the_dataset(ada, fetch_pages):
    tracks = [item for page in fetch_pages(ada, "/tracks", limit=200) for item in page["collection"]]
    playlists = [
        item for page in fetch_pages(ada, "/playlists", limit=200, show_tracks="false") for item in page["collection"]
    ]

    assert 550 < len(tracks) <= 600
    assert 50 < len(playlists) <= 60
    assert len(ada.get("/users").json()["collection"]) == 40
    assert {"playable", "preview"} == {item["access"] for item in tracks}
    assert len({item["title"] for item in tracks}) == len(tracks)
    assert any(item["playback_count"] > 100_000 for item in tracks if "playback_count" in item)


def test_reset(sandbox, ada):
    before = get(sandbox, "/tracks?limit=200", sandbox.user_token()).json()
    token = sandbox.user_token()
    for track in before[:5]:
        ada.post(f"/reposts/tracks/{track['urn']}")
    ada.post("/playlists", json={"playlist": {"title": "x"}})
    sandbox.reset()

    assert get(sandbox, "/me", token).status_code == 401
    assert before == get(sandbox, "/tracks?limit=200", sandbox.user_token()).json()


def test_parallel_requests(sandbox, ada):
    tracks = [track["urn"] for track in ada.get("/tracks", params={"limit": 40}).json()]
    for urn in tracks:
        ada.delete(f"/likes/tracks/{urn}")
    before = ada.get("/me").json()["public_favorites_count"]

    def like(urn):
        return ada.post(f"/likes/tracks/{urn}").status_code, ada.get(f"/tracks/{urn}").json()["user_favorite"]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(like, tracks))

    assert [(200, True)] * len(tracks) == results
    assert before + len(tracks) == ada.get("/me").json()["public_favorites_count"]


def test_tokens_are_never_logged(sandbox, ada, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    token = ada.headers["authorization"].removeprefix("OAuth ")
    ada.get("/me")
    ada.get("/tracks/1")

    assert token not in caplog.text
    assert tuple(capfd.readouterr()) == ("", "")


def test_failing_handler_answers_500_and_changes_nothing(sandbox, ada, caplog, monkeypatch):
    monkeypatch.setattr("soundcloud.sandbox.handlers.likes_and_reposts.status_response", lambda: 1 / 0)
    urn = ada.get("/tracks").json()[0]["urn"]
    ada.delete(f"/likes/tracks/{urn}")
    before = ada.get("/me").json()["public_favorites_count"]
    response = ada.post(f"/likes/tracks/{urn}")

    assert (response.status_code, response.json()["status"]) == (500, "500 - Internal Server Error")
    assert before == ada.get("/me").json()["public_favorites_count"]
    assert "ZeroDivisionError" in caplog.text


def test_public_names():
    assert soundcloud.sandbox.__all__ == [
        "Faults",
        "RateLimitFault",
        "RecordedRequest",
        "RecordedRequests",
        "Sandbox",
        "SandboxClientSettings",
        "SandboxControls",
        "SandboxError",
        "SandboxSettings",
        "Snapshot",
        "WrongSettingError",
        "handled_operations",
    ]
    with pytest.raises(AttributeError):
        _ = soundcloud.sandbox.nothing


def test_all_users_can_sign_in(sandbox):
    names = sandbox.usernames()

    assert len(names) == 40
    assert "ada-night" in names
    assert all(sandbox.user_token(name) for name in names)
    assert sandbox.user_token("Miso & Vinyl")
    assert sandbox.api_url in repr(sandbox)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_the_command(number):
    command = [sys.executable, "-m", "soundcloud.sandbox", "--port", "0", "--auth-port", "0", "--print-env"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            lines = [program.stdout.readline() for _ in range(7)]
            values = dict(line.removeprefix("export ").rstrip().split("=", 1) for line in lines)
            token = httpx.post(
                f"{values['SOUNDCLOUD_AUTH_URL']}/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(values["SOUNDCLOUD_CLIENT_ID"], values["SOUNDCLOUD_CLIENT_SECRET"]),
                trust_env=False,
                verify=False,
                timeout=30,
            )
            program.send_signal(number)
            output, errors = program.communicate(timeout=10)
        finally:
            program.kill()  # has no effect after the end; otherwise a failure would block the test

    assert token.status_code == 200
    assert (program.returncode, output, errors) == (0, "", "")


class Stopped(threading.Event):
    """An event that is always set, as after Ctrl-C."""

    def wait(self, timeout=None):
        return True


def test_command_prints_settings(capsys, monkeypatch):
    before = set(threading.enumerate())
    monkeypatch.setattr("soundcloud.sandbox.command_line.Event", Stopped)
    handler = signal.getsignal(signal.SIGTERM)
    code = command_line.main(["--port", "0", "--auth-port", "0", "--redirect-uri", "myapp://back", "--seed", "1"])
    output = capsys.readouterr().out

    assert code == 0
    assert "client id      sandbox-client-id" in output
    assert "redirect URI   myapp://back" in output
    assert "ada-night, marlow-finch" in output
    assert handler == signal.getsignal(signal.SIGTERM)
    assert set(threading.enumerate()) <= before


def test_command_reports_a_port_in_use(running, capsys):
    assert command_line.main(["--port", str(port_of(running.api_url))]) == 1
    assert "choose another port" in capsys.readouterr().err


def test_unclosed_sandbox_ends_with_the_process():
    code = "from soundcloud.sandbox import Sandbox; sandbox = Sandbox(); print(sandbox.user_token()[:0])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20)

    assert (result.returncode, result.stdout, result.stderr) == (0, "\n", "")


def test_incomplete_request_does_no_harm(sandbox, ada):
    token = ada.headers["authorization"]
    with socket.create_connection(("127.0.0.1", port_of(sandbox.api_url))) as connection:
        head = f"POST /playlists HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 10\r\n\r\n{{"
        connection.sendall(head.encode())

    assert ada.get("/me").status_code == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_other_hosts():
    with Sandbox(host="0.0.0.0") as everywhere:
        assert everywhere.api_url.startswith("http://127.0.0.1:")
        assert get(everywhere, "/me", everywhere.user_token()).status_code == 200
    try:
        sandbox = Sandbox(host="::1")
    except SandboxError:
        pytest.skip("no IPv6 on this machine")
    with sandbox:
        assert sandbox.api_url.startswith("http://[::1]:")
        assert get(sandbox, "/me", sandbox.user_token()).status_code == 200


def test_command_error_has_no_traceback(running):
    command = [sys.executable, "-m", "soundcloud.sandbox", "--port", str(port_of(running.api_url))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert result.stderr.startswith("cannot listen at 127.0.0.1")
    assert "Traceback" not in result.stderr
