"""Systems without the calls of POSIX, such as Windows: the package can be imported and used without them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import soundcloud
import soundcloud_api
from soundcloud import _atomic_file
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.player import backends

ROOT = Path(__file__).parents[2]
THIRD_PARTY = """anyio._backends._asyncio anyio._backends._trio click django.conf httpx httpx2 itsdangerous keyring m3u8 msgspec
    multipart mutagen opentelemetry.trace platformdirs pytest redis rich.console sqlite3 starlette.applications
    starlette.routing trio uvicorn.lifespan.off uvicorn.loops.asyncio
    uvicorn.protocols.http.h11_impl uvicorn.protocols.http.httptools_impl filelock"""
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty", "uvloop"}

# The standard library and the other packages are imported first, as they have their own ways. The modules that are imported
# afterwards, those of this package, find modules without what Windows lacks.
PROGRAM = """
import asyncio, importlib, os, pkgutil, select, signal, socket, sys, tempfile, types
from contextlib import suppress
from pathlib import Path

for name in THIRD_PARTY:
    with suppress(ModuleNotFoundError):
        importlib.import_module(name)
for module, names in {
    os: "O_NOFOLLOW O_NONBLOCK fchmod fork forkpty geteuid getuid getpgid killpg mkfifo posix_fallocate register_at_fork"
    " setsid uname",
    select: "poll epoll",
    signal: "SIGALRM SIGHUP SIGKILL SIGSTOP SIGWINCH alarm pthread_sigmask setitimer",
    socket: "AF_UNIX",
}.items():
    without = types.ModuleType(module.__name__)
    without.__dict__.update({name: value for name, value in vars(module).items() if name not in names.split()})
    sys.modules[module.__name__] = without
for name in POSIX_MODULES:
    sys.modules[name] = None  # importing it raises ImportError

import soundcloud, soundcloud_api
for package in (soundcloud, soundcloud_api):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        try:
            if not module.name.endswith("__main__") and ".contrib." not in module.name:  # needs a configured Django
                importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if error.name in POSIX_MODULES or error.name.startswith("soundcloud"):
                raise

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.sandbox import Sandbox

async def get(settings):
    async with AsyncSoundCloudClient(**settings) as client:
        return (await client.me.get_me()).permalink

with tempfile.TemporaryDirectory() as folder, Sandbox(data=Path(folder) / "sandbox.db", processing_seconds=0) as sandbox:
    settings = sandbox.client_settings()
    with SoundCloudClient(**settings) as client:
        print("sync", client.me.get_me().permalink, len(client.me.get_tracks(limit=3).collection))
    print("async", asyncio.run(get(settings)))
    from soundcloud.stores import FileTokenStore
    from soundcloud.tokens import Token
    store = FileTokenStore(Path(folder) / "tokens.json")
    store.set(Token("a", "b"))
    print("store", store.get().refresh_token)
    from soundcloud.cli.main import run
    os.environ |= {"SOUNDCLOUD_API_URL": sandbox.api_url, "SOUNDCLOUD_AUTH_URL": sandbox.auth_url}
    os.environ |= {"SOUNDCLOUD_ACCESS_TOKEN": settings["access_token"], "HOME": folder, "XDG_CONFIG_HOME": folder}
    print("cli", run(["me", "--json", "--fields", "permalink"]))
"""


@pytest.mark.slow
def test_the_package_works_without_the_calls_of_posix():
    code = f"THIRD_PARTY, POSIX_MODULES = {THIRD_PARTY.split()}, {sorted(POSIX_MODULES)}\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == ["sync ada-night 3", "async ada-night", "store b"]
    assert lines[-1] == "cli 0"


def top_level_imports(path):
    """Return the modules that a file imports when it is imported itself."""
    pending, found = [*ast.parse(path.read_text(encoding="utf-8")).body], set()
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            pending += [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
    return found


@pytest.mark.parametrize(
    "folder",
    [Path(soundcloud.__file__).parent, Path(soundcloud_api.__file__).parent, ROOT / "tools", ROOT / "examples"],
    ids=lambda folder: folder.name,
)
def test_no_module_of_posix_is_imported_at_the_top(folder):
    files = [*folder.rglob("*.py")]

    assert files
    assert {path.name for path in files if top_level_imports(path) & POSIX_MODULES} == set()


def test_windows_replaces_a_file_as_soon_as_its_reader_has_closed_it(tmp_path, monkeypatch):
    path = tmp_path / "tokens.json"
    path.write_bytes(b"old")
    refused = []

    def replace(draft, target):
        if len(refused) < 3:
            refused.append(draft)
            raise PermissionError(13, "Access is denied")
        return draft.rename(target)

    monkeypatch.setattr(_atomic_file, "_IS_WINDOWS", True)
    monkeypatch.setattr(Path, "replace", replace)
    _atomic_file.replace_file(path, b"new")

    assert (path.read_bytes(), len(refused)) == (b"new", 3)


def test_a_file_that_cannot_be_replaced_is_an_error(tmp_path, monkeypatch):
    def replace(_draft, _target):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", replace)
    for is_windows in (False, True):
        monkeypatch.setattr(_atomic_file, "_IS_WINDOWS", is_windows)
        monkeypatch.setattr(_atomic_file, "_REPLACE_SECONDS", 0)
        with pytest.raises(PermissionError):
            _atomic_file.replace_file(tmp_path / "tokens.json", b"new")

    assert list(tmp_path.iterdir()) == []


def test_mpv_is_refused_where_it_cannot_be_controlled(monkeypatch):
    monkeypatch.setattr(backends, "_CAN_PASS_SOCKETS", False)
    monkeypatch.setattr(backends, "which", lambda name: f"C:/{name}.exe")

    assert isinstance(backends.find_player(None), backends.FfplayPlayer)
    with pytest.raises(CommandError, match="mpv cannot be controlled on Windows"):
        backends.find_player("mpv")
