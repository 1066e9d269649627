"""Token stores: the contract of all stores, then the guarantees of each."""

import asyncio
import errno
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import attrs
import keyring
import keyring.core
import keyring.errors
import pytest
import redis
import redis.asyncio
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

import soundcloud.stores
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.stores import (
    AsyncRedisTokenStore,
    AsyncTokenStore,
    FileTokenStore,
    KeyringTokenStore,
    LockingTokenStore,
    MemoryTokenStore,
    RedisTokenStore,
    TokenStore,
    file_lock,
)
from soundcloud.stores.keyring import _lock_error
from soundcloud.tokens import Token
from tests.helpers import redis_server
from tests.helpers.platforms import posix_only
from tests.helpers.servers import free_port

SECRET = "ACCESS-SECRET"
REFRESH = "REFRESH-SECRET"
PASSWORD = "PASSWORD-SECRET"
SECRETS = (SECRET, REFRESH, PASSWORD)
FULL = Token(
    SECRET,
    REFRESH,
    datetime(2026, 11, 23, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2))),
    "non-expiring *",
    "Bearer",
    "user",
    (datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)),
)
BARE = Token(SECRET)
LONG = attrs.evolve(FULL, access_token=f"{SECRET}-{'0123456789' * 300}")


def numbered(number):
    return Token(f"{SECRET}-{number}", f"{REFRESH}-{number}")


def assert_no_secrets(error):
    """Check that neither the message nor a traceback with local variables shows a secret.

    The frames of this file are left out, as the tests hold secrets.
    """
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    report.stack[:] = [frame for frame in report.stack if frame.filename != __file__]
    shown = "".join([str(error), repr(error), repr(vars(error)), *report.format()])

    assert report.stack
    assert error.__context__ is None
    assert not [secret for secret in SECRETS if secret in shown]


def start_python(program, *arguments, **options):
    """Start a program with the import path of this process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], env=environment, **options)


class DictKeyring(KeyringBackend):
    """A keyring in memory with the entry length of Windows, which can crash at a write or delete."""

    priority = 0.1

    def __init__(self):
        super().__init__()
        self.entries = {}
        self.changes_left = None
        self.before_read = None

    def _change(self):
        if self.changes_left is not None:
            if self.changes_left == 0:
                raise RuntimeError(f"crash {SECRET}")
            self.changes_left -= 1

    def get_password(self, service, username):
        if self.before_read is not None:
            self.before_read(username)
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self._change()
        if len(password.encode("utf-16-le")) > 2560:
            raise keyring.errors.PasswordSetError("too long")
        self.entries[service, username] = password

    def delete_password(self, service, username):
        self._change()
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.entries[service, username]


class SyncAdapter:
    """Runs the coroutines of an async store or lease."""

    def __init__(self, runner, subject):
        self.runner, self.subject = runner, subject

    def for_user(self, user):
        return SyncAdapter(self.runner, self.subject.for_user(user))

    def for_app(self, client_id):
        return SyncAdapter(self.runner, self.subject.for_app(client_id))

    def get(self):
        return self.runner.run(self.subject.get())

    def set(self, token):
        return self.runner.run(self.subject.set(token))

    def clear(self):
        return self.runner.run(self.subject.clear())

    def try_lock(self):
        lease = self.runner.run(self.subject.try_lock())
        return lease and SyncAdapter(self.runner, lease)

    def release(self):
        return self.runner.run(self.subject.release())

    def aclose(self):
        return self.runner.run(self.subject.aclose())

    def __repr__(self):
        return repr(self.subject)


@pytest.fixture(scope="session")
def running_redis():
    if redis_server.PROGRAM is None:
        pytest.skip("redis-server IS NOT INSTALLED: THE REDIS STORES GO UNTESTED (apt-get install redis-server)")
    with redis_server.RedisServer(PASSWORD) as server:
        yield server


@pytest.fixture
def server(running_redis):
    with redis.Redis.from_url(running_redis.url) as client:
        client.flushall()
    return running_redis


@pytest.fixture
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def backend(monkeypatch, tmp_path):
    """Set a keyring and a folder of locks for one test."""
    backend = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    monkeypatch.setattr("platformdirs.user_state_path", lambda *names, **options: tmp_path / "state")
    return backend


@pytest.fixture
def open_redis(server, runner):
    """Return a function that opens sync or async Redis stores; their clients are closed at the end."""
    opened = []

    def open_redis(kind, url=None, *, decode_responses=False, **options):
        url = server.url if url is None else url
        if kind == "redis":
            client = redis.Redis.from_url(url, decode_responses=decode_responses)
            store = RedisTokenStore(client, **options)
            opened.append(store.close)
            return store
        client = redis.asyncio.Redis.from_url(url, decode_responses=decode_responses)
        store = SyncAdapter(runner, AsyncRedisTokenStore(client, **options))
        opened.append(store.aclose)
        return store

    yield open_redis
    for close in opened:
        close()


KINDS = pytest.mark.parametrize("kind", ["redis", "async redis"])


@pytest.fixture(params=["memory", "file", "keyring", "redis", "redis decoded", "async redis", "async redis decoded"])
def store(request, tmp_path):
    kind = request.param.removesuffix(" decoded")
    if kind == "memory":
        return MemoryTokenStore()
    if kind == "file":
        return FileTokenStore(tmp_path / "tokens.json")
    if kind == "keyring":
        request.getfixturevalue("backend")
        return KeyringTokenStore()
    return request.getfixturevalue("open_redis")(kind, decode_responses=kind != request.param)


# All stores.


def test_a_new_store_is_empty(store):
    assert store.get() is None
    assert store.for_user("ada").get() is None

    store.clear()

    assert store.get() is None


@pytest.mark.parametrize("token", [FULL, BARE, LONG], ids=["full", "bare", "long"])
def test_a_token_round_trip(store, token):
    store.set(token)

    assert token == store.get()

    store.clear()

    assert store.get() is None


def test_a_token_replaces_the_previous_one(store):
    for token in (FULL, BARE, LONG, numbered(1), LONG, FULL):
        store.set(token)

        assert token == store.get()


def test_users_and_apps_have_separate_tokens(store):
    names = ["ada", "bob", "Ada", "ada}", "{ada", "ada:token", "ada\n", "\u00e4da \U0001f3b5", "a" * 300]
    stores = [make(name) for name in names for make in (store.for_user, store.for_app)]
    for number, other in enumerate(stores):
        other.set(numbered(number))

    assert [numbered(number) for number in range(len(stores))] == [other.get() for other in stores]

    store.for_user("ada").clear()

    assert store.for_user("ada").get() is None
    assert store.for_app("ada").get() is not None
    assert store.for_user("bob").get() is not None


@pytest.mark.parametrize("user", ["", None, 5, b"ada"])
def test_a_user_without_a_name_has_no_store(store, user):
    with pytest.raises(InvalidInputError, match="pass a string that names the user"):
        store.for_user(user)


@pytest.mark.parametrize("value", ["token", None, FULL.to_dict()])
def test_only_a_token_can_be_stored(store, value):
    store.set(BARE)
    with pytest.raises(InvalidInputError, match=r"token is of type (str|NoneType|dict): pass a Token"):
        store.set(value)
    assert store.get() == BARE


def test_a_key_can_be_selected_from_any_store(store):
    store.for_user("ada").set(BARE)

    assert store.for_app("app").for_user("bob").for_user("ada").get() == BARE
    assert store.get() is None


def test_the_lock_is_exclusive(store):
    lease = store.try_lock()

    assert lease is not None
    assert store.try_lock() is None

    lease.release()
    second = store.try_lock()

    assert second is not None

    second.release()


def test_each_key_has_its_own_lock(store):
    leases = [other.try_lock() for other in (store, store.for_user("ada"), store.for_user("bob"), store.for_app("ada"))]

    assert None not in leases
    assert store.for_user("ada").try_lock() is None

    for lease in leases:
        lease.release()


def test_a_second_release_does_not_release_the_next_holders_lock(store):
    first = store.try_lock()
    first.release()
    second = store.try_lock()
    first.release()

    assert store.try_lock() is None

    second.release()


def test_the_lock_holder_can_write(store):
    store.set(numbered(0))
    for number in range(1, 4):
        lease = store.try_lock()
        lease.set(numbered(number))

        assert numbered(number) == store.get()

        lease.release()

    store.set(FULL)

    assert store.get() == FULL


def test_reads_and_writes_do_not_need_the_lock(store):
    lease = store.try_lock()
    store.set(BARE)

    assert store.get() == BARE

    store.clear()
    lease.release()

    assert store.get() is None


def test_try_lock_does_not_wait(store):
    lease = store.try_lock()
    begin = time.monotonic()

    assert [store.try_lock() for _ in range(5)] == [None] * 5
    assert time.monotonic() - begin < 1

    lease.release()


def test_one_of_several_threads_or_tasks_acquires_the_lock(store):
    if isinstance(store, SyncAdapter):

        async def compete():
            return await asyncio.gather(*(store.subject.try_lock() for _ in range(8)))

        won = store.runner.run(compete())
        leases = [SyncAdapter(store.runner, lease) for lease in won if lease is not None]
    else:
        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(lambda _: store.try_lock(), range(8)))
        leases = [lease for lease in won if lease is not None]

    assert len(won) == 8
    assert len(leases) == 1

    leases[0].release()


def test_no_repr_shows_a_token(store):
    store.set(FULL)
    lease = store.try_lock()
    shown = f"{store!r} {store} {lease!r} {store.for_user('ada')!r}"
    lease.release()

    assert not [secret for secret in SECRETS if secret in shown]


def test_every_store_implements_the_protocols(store):
    store = store.subject if isinstance(store, SyncAdapter) else store

    assert isinstance(store, TokenStore)
    assert isinstance(store, AsyncTokenStore)
    assert isinstance(store, LockingTokenStore)
    assert isinstance(store, RedisTokenStore | KeyringTokenStore | FileTokenStore) == store.blocking


def test_every_exported_name_exists():
    for name in soundcloud.stores.__all__:
        assert getattr(soundcloud.stores, name).__name__ == name
    with pytest.raises(AttributeError, match="SqlTokenStore"):
        _ = soundcloud.stores.SqlTokenStore


# MemoryTokenStore.


def test_a_memory_store_with_a_first_token():
    store = MemoryTokenStore(FULL)

    assert store.get() == FULL
    assert store.for_user("ada").get() is None
    assert "with a token" in repr(store)


# FileTokenStore.


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tokens.json"


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_can_read_the_file(path, umask):
    before = os.umask(umask)
    try:
        store = FileTokenStore(path)
        store.set(FULL)
        modes = {mode_of(path)}
        lease = store.try_lock()
        lease.set(BARE)
        lease.release()
        modes |= {mode_of(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert modes == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_the_folder_is_created(tmp_path):
    folder = tmp_path / "one" / "two"
    FileTokenStore(folder / "tokens.json").set(FULL)

    assert mode_of(folder) == 0o700
    assert FileTokenStore(folder / "tokens.json").get() == FULL


def test_the_default_path(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *names, **options: tmp_path / names[0])

    assert FileTokenStore().path == tmp_path / "soundcloud-sdk" / "tokens.json"
    assert str(tmp_path) in repr(FileTokenStore())


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_file_that_is_accessible_to_others_is_refused(path, mode):
    store = FileTokenStore(path)
    store.set(FULL)
    path.chmod(mode)
    content = path.read_bytes()

    for refused in (store.get, lambda: store.set(BARE), store.clear):
        with pytest.raises(TokenStoreError, match=rf"mode 0{mode:o}.*chmod 600") as caught:
            refused()
        assert SECRET not in f"{caught.value} {caught.value!r}"

    assert content == path.read_bytes()

    path.chmod(0o600)

    assert store.get() == FULL


DAMAGED = {
    "nothing": b"",
    "truncated": b'{"version": 1, "tokens": {"user:": {"access_token": "ACCESS-SECRET", "refresh_',
    "another version": b'{"version": 2, "tokens": {}}',
    "no version": b'{"tokens": {}}',
    "a list": b"[1]",
    "null": b"null",
    "tokens that are none": b'{"version": 1, "tokens": ["ACCESS-SECRET"]}',
    "not UTF-8": b'{"version": 1, "tokens": {"user:": "ACCESS-SECRET\xff"}}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused_and_left_unchanged(path, content):
    path.write_bytes(content)
    path.chmod(0o600)
    store = FileTokenStore(path)

    for refused in (store.get, lambda: store.set(BARE), store.clear):
        with pytest.raises(TokenStoreError, match="is not a token file of this version - move it away") as caught:
            refused()
        assert SECRET not in f"{caught.value} {caught.value!r}"

    assert content == path.read_bytes()


@pytest.mark.parametrize("token", ['"ACCESS-SECRET"', "[]", "{}", '{"access_token": 1}', '{"refresh_token": "x"}'])
def test_a_damaged_token_is_refused(path, token):
    path.write_text(f'{{"version": 1, "tokens": {{"user:": {token}}}}}')
    path.chmod(0o600)

    with pytest.raises(TokenStoreError, match="not a token file"):
        FileTokenStore(path).get()

    FileTokenStore(path).set(FULL)

    assert FileTokenStore(path).get() == FULL


def test_a_file_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    store = FileTokenStore(tmp_path / "file" / "tokens.json")

    for refused in (lambda: store.set(FULL), store.try_lock):
        with pytest.raises(TokenStoreError, match=r"cannot be (written|locked): "):
            refused()

    store = FileTokenStore(tmp_path)

    for what, refused in {"read": store.get, "written": lambda: store.set(FULL)}.items():
        with pytest.raises(TokenStoreError, match=rf"cannot be ({what}|read)"):
            refused()


@pytest.mark.skipif(os.name != "posix", reason="links are of POSIX")
def test_a_draft_that_is_a_symbolic_link_is_not_followed(tmp_path, path):
    target = tmp_path / "target"
    target.write_text("untouched")
    (tmp_path / "tokens.json.new").symlink_to(target)
    FileTokenStore(path).set(FULL)

    assert target.read_text() == "untouched"
    assert not path.is_symlink()
    assert not (tmp_path / "tokens.json.new").is_symlink()
    assert FileTokenStore(path).get() == FULL
    assert mode_of(path) == 0o600


def test_a_draft_of_a_crashed_process_is_overwritten(tmp_path, path):
    draft = tmp_path / "tokens.json.new"
    draft.write_text("half")
    draft.chmod(0o666)
    FileTokenStore(path).set(FULL)

    assert not draft.exists()
    assert FileTokenStore(path).get() == FULL
    assert mode_of(path) == 0o600


def test_a_failed_write_leaves_the_file_unchanged(path, monkeypatch):
    store = FileTokenStore(path)
    store.set(FULL)

    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("soundcloud._atomic_file.os.fsync", fail)
    with pytest.raises(TokenStoreError, match="cannot be written: No space left on device"):
        store.set(BARE)

    assert store.get() == FULL


def test_a_lock_that_cannot_be_acquired(path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)

    with pytest.raises(TokenStoreError, match="cannot be locked: Permission denied"):
        FileTokenStore(path).try_lock()


HOLD = """
import sys, time
from soundcloud.stores import FileTokenStore
lease = FileTokenStore(sys.argv[1]).for_user("ada").try_lock()
print("held" if lease else "lost", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
def test_the_lock_of_a_killed_process_is_released(path):
    store = FileTokenStore(path).for_user("ada")
    with start_python(HOLD, path, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "held\n"
            assert store.try_lock() is None
            assert FileTokenStore(path).for_user("bob").try_lock() is not None
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()

    lease = store.try_lock()

    assert lease is not None

    lease.release()


WRITE = """
import sys
from soundcloud.stores import FileTokenStore
from soundcloud.tokens import Token
for number in range(50):
    FileTokenStore(sys.argv[1]).for_user(f"{sys.argv[2]}-{number}").set(Token(f"{sys.argv[2]} {number}"))
"""


def test_concurrent_writes_of_processes_lose_nothing(path):
    processes = [start_python(WRITE, path, name) for name in ("ada", "bob")]

    assert [process.wait(60) for process in processes] == [0, 0]

    store = FileTokenStore(path)
    expected = {f"{name}-{number}": Token(f"{name} {number}") for name in ("ada", "bob") for number in range(50)}

    assert expected == {user: store.for_user(user).get() for user in expected}


# KeyringTokenStore.


@posix_only
def test_a_symbolic_link_is_written_through(tmp_path):
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(target)
    FileTokenStore(link).set(FULL)

    assert link.is_symlink()
    assert not target.is_symlink()
    assert FileTokenStore(target).get() == FULL
    lease = FileTokenStore(link).try_lock()
    assert FileTokenStore(target).try_lock() is None
    lease.release()


@posix_only
def test_a_fifo_is_refused_without_waiting(tmp_path):
    fifo = tmp_path / "tokens.json"
    os.mkfifo(fifo, 0o600)

    for call in (FileTokenStore(fifo).get, FileTokenStore(fifo).clear, lambda: FileTokenStore(fifo).set(FULL)):
        with pytest.raises(TokenStoreError, match="is not a regular file"):
            call()
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize("entry", [None, 1, "x", [], {"access_token": 3}, {"from": "a later version"}])
def test_entries_of_other_keys_are_kept_whatever_they_hold(path, entry):
    FileTokenStore(path).set(BARE)
    data = json.loads(path.read_text())
    data["tokens"]["user:ada"] = entry
    path.write_text(json.dumps(data))
    FileTokenStore(path).set(FULL)
    FileTokenStore(path).for_user("bob").set(BARE)
    FileTokenStore(path).clear()

    assert json.loads(path.read_text())["tokens"] == {"user:ada": entry, "user:bob": BARE.to_dict()}


def test_a_lock_that_stays_held_names_its_holder(path, monkeypatch):
    monkeypatch.setattr("soundcloud.stores.file_lock.CHANGE_SECONDS", 0.1)
    code = (
        "import sys, time; from pathlib import Path; from soundcloud.stores.file_lock import acquire; "
        "lock = acquire(Path(sys.argv[1])); print(flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, f"{path}.lock"], stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        with pytest.raises(TokenStoreError, match=f"held for 0.1 seconds by process {process.pid}") as caught:
            FileTokenStore(path).set(FULL)
        assert_no_secrets(caught.value)
    finally:
        process.kill()
        process.communicate()
    FileTokenStore(path).set(FULL)


def test_the_holder_is_not_written_into_a_file_with_other_content(tmp_path, path):
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    os.link(other, f"{path}.lock")
    # Without the lock itself: older versions of filelock empty the file.
    file_lock._note_holder(path.with_name(f"{path.name}.lock"))

    assert other.read_text() == "mine"


def test_a_lease_checks_that_the_file_can_be_written(path):
    lease = FileTokenStore(path).try_lock()
    lease.prepare()
    assert not path.exists()
    assert not path.with_name("tokens.json.new").exists()
    if os.name == "posix" and os.geteuid() != 0:
        path.parent.chmod(0o500)
        with pytest.raises(TokenStoreError, match="cannot be written"):
            lease.prepare()
        path.parent.chmod(0o700)
    lease.release()


def test_a_short_token_is_stored_in_one_entry(backend):
    KeyringTokenStore("my program").for_user("ada").set(FULL)

    assert list(backend.entries) == [("my program", "user:ada")]
    assert FULL.to_dict() == json.loads(backend.entries["my program", "user:ada"])


def test_a_long_token_is_stored_in_parts(backend):
    store = KeyringTokenStore()
    store.set(LONG)

    assert {"user:", "part:0:0:user:", "part:0:1:user:", "part:0:2:user:", "part:0:3:user:"} == {
        name for _, name in backend.entries
    }
    assert all(len(entry) <= 1000 for entry in backend.entries.values())
    assert SECRET not in backend.entries["soundcloud-sdk", "user:"]

    store.set(LONG)

    assert {"user:", *(f"part:1:{number}:user:" for number in range(4))} == {name for _, name in backend.entries}

    store.set(BARE)

    assert [name for _, name in backend.entries] == ["user:"]

    store.set(LONG)
    store.clear()

    assert backend.entries == {}


LONGER = attrs.evolve(FULL, access_token=f"{SECRET}-{'9876543210' * 500}")


@pytest.mark.parametrize("before", [None, BARE, LONG, LONGER], ids=["none", "short", "long", "longer"])
@pytest.mark.parametrize("after", [None, FULL, LONG, LONGER], ids=["none", "short", "long", "longer"])
def test_a_crash_leaves_the_old_token_or_the_new_one(backend, before, after):
    store = KeyringTokenStore()
    write = store.clear if after is None else lambda: store.set(after)
    seen = []
    for changes in range(40):
        backend.changes_left, backend.entries = None, {}
        if before is not None:
            store.set(before)
        backend.changes_left = changes
        with suppress(TokenStoreError):
            write()
            break
        backend.changes_left = None
        seen.append(store.get())
        store.set(BARE)

        assert [name for _, name in backend.entries] == ["user:"]
    else:
        pytest.fail("it never ends")

    assert set(seen) <= {before, after}
    assert sorted(seen, key=lambda token: token == after) == seen  # once new, it stays new
    backend.changes_left = None
    assert after == store.get()


@pytest.mark.parametrize("changes", range(5))
def test_a_failing_keyring(backend, changes):
    store = KeyringTokenStore()
    backend.changes_left = changes

    with pytest.raises(TokenStoreError, match="the keyring failed: RuntimeError") as caught:
        store.set(LONG)

    assert_no_secrets(caught.value)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_read_during_a_write_returns_a_whole_token(backend, writes):
    store = KeyringTokenStore()
    store.set(LONG)

    def before_read(name):
        if name == "part:0:2:user:":
            backend.before_read = None
            for number in range(writes):
                store.set(attrs.evolve(LONGER, scope=str(number)))

    backend.before_read = before_read

    assert attrs.evolve(LONGER, scope=str(writes - 1)) == store.get()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "ACCESS-SECRET",
        "[]",
        "null",
        "{}",
        '{"refresh_token": "REFRESH-SECRET"}',
        '{"parts": 2, "generation": 0, "digest": "0"}',
        '{"parts": "2", "generation": 0, "digest": "0"}',
        '{"parts": 2, "generation": 7, "digest": "0"}',
        '{"parts": 2, "generation": [], "digest": "0"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_entry_is_refused(backend, content):
    backend.entries["soundcloud-sdk", "user:"] = content
    store = KeyringTokenStore()

    with pytest.raises(TokenStoreError, match="is not a token - call clear") as caught:
        store.get()

    assert_no_secrets(caught.value)

    store.set(LONG)

    assert store.get() == LONG


def test_an_entry_that_another_program_deleted(backend):
    store = KeyringTokenStore()
    store.set(LONG)
    del backend.entries["soundcloud-sdk", "user:"]

    assert store.get() is None

    store.clear()

    assert backend.entries == {}


def test_an_entry_that_cannot_be_deleted(backend, monkeypatch):
    def refuse(service, username):
        raise keyring.errors.PasswordDeleteError(f"no {SECRET}")

    store = KeyringTokenStore()
    store.set(FULL)
    monkeypatch.setattr(backend, "delete_password", refuse)

    with pytest.raises(TokenStoreError, match="the keyring failed: PasswordDeleteError") as caught:
        store.clear()

    assert_no_secrets(caught.value)


@pytest.mark.parametrize("nothing", [fail.Keyring, null.Keyring])
def test_a_machine_without_a_keyring(backend, monkeypatch, nothing):
    monkeypatch.setattr(keyring.core, "_keyring_backend", nothing())
    store = KeyringTokenStore()

    for refused in (store.get, lambda: store.set(FULL), store.clear):
        with pytest.raises(TokenStoreError, match="there is no keyring on this machine - use FileTokenStore") as caught:
            refused()
        assert_no_secrets(caught.value)


@pytest.mark.parametrize("error", [keyring.errors.KeyringLocked, keyring.errors.InitError])
def test_a_locked_keyring(backend, error):
    def before_read(name):
        raise error(SECRET)

    backend.before_read = before_read

    with pytest.raises(TokenStoreError, match="the keyring is locked") as caught:
        KeyringTokenStore().get()

    assert_no_secrets(caught.value)


def test_keyring_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)

    with pytest.raises(TokenStoreError, match=r"pip install 'soundcloud-sdk\[keyring\]'"):
        KeyringTokenStore()


def test_the_locks_of_a_keyring_are_in_a_private_folder(backend, tmp_path, monkeypatch):
    store = KeyringTokenStore().for_user("ada")
    lease = store.try_lock()
    store.set(FULL)

    assert KeyringTokenStore().for_user("ada").try_lock() is None

    other = KeyringTokenStore("another").for_user("ada").try_lock()

    assert other is not None

    lease.release()
    other.release()
    files = list((tmp_path / "state").iterdir())

    assert mode_of(tmp_path / "state") == 0o700
    assert not [file for file in files if "ada" in file.name or file.stat().st_size > 100]

    (tmp_path / "file").write_text("")
    monkeypatch.setattr("platformdirs.user_state_path", lambda *names, **options: tmp_path / "file" / "state")

    for refused in (store.try_lock, lambda: store.set(FULL), store.clear):
        with pytest.raises(TokenStoreError, match="the keyring cannot be locked"):
            refused()


def test_a_keyring_lock_that_cannot_be_acquired(backend, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    store = KeyringTokenStore()

    for refused in (store.try_lock, lambda: store.set(FULL)):
        with pytest.raises(TokenStoreError, match="cannot be locked: Permission denied"):
            refused()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (TimeoutError("held for 5 seconds"), "locked: held for 5 seconds - end that process"),  # of our own
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "locked: Connection timed out$"),
        (OSError(), "locked: OSError$"),
    ],
)
def test_the_reason_why_a_keyring_cannot_be_locked(error, message):
    assert re.search(message, str(_lock_error(error)))


# RedisTokenStore and AsyncRedisTokenStore.


@pytest.fixture
def client(server):
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        yield client


@KINDS
def test_the_keys_in_redis(open_redis, client, kind):
    store = open_redis(kind).for_user("ada")
    store.set(FULL)

    assert client.keys() == ["soundcloud:{user:ada}:token"]
    assert FULL.to_dict() == json.loads(client.get("soundcloud:{user:ada}:token"))

    lease = store.try_lock()
    lease.set(FULL)

    assert {f"soundcloud:{{user:ada}}:{name}" for name in ("token", "lock", "numbers")} == set(client.keys())
    assert client.hgetall("soundcloud:{user:ada}:numbers") == {"taken": "1", "written": "1"}
    assert -1 == client.ttl("soundcloud:{user:ada}:token") == client.ttl("soundcloud:{user:ada}:numbers")
    assert 29_000 < client.pttl("soundcloud:{user:ada}:lock") <= 30_000

    lease.release()
    store.clear()

    assert client.keys() == ["soundcloud:{user:ada}:numbers"]
    assert 86_000 < client.ttl("soundcloud:{user:ada}:numbers") <= 86_400

    store.try_lock().set(FULL)

    assert client.ttl("soundcloud:{user:ada}:numbers") == -1


@pytest.mark.parametrize("key", ["user:ada", "user:a}b", "user:{}", "app:{x}y", "app:", "user:\u00e4"])
def test_the_keys_of_a_token_are_in_one_cluster_slot(open_redis, key):
    from redis.crc import key_slot

    kind, _, name = key.partition(":")
    store = open_redis("redis")
    store = store.for_user(name) if kind == "user" else store.for_app(name)
    keys = [*map(store._key_of, ("token", "lock", "numbers"))]

    assert len(set(keys)) == 3
    assert len({key_slot(key.encode()) for key in keys}) == 1


@KINDS
def test_stores_with_different_prefixes_are_separate(open_redis, client, kind):
    open_redis(kind, prefix="one:").set(FULL)

    assert open_redis(kind, prefix="two:").get() is None
    assert open_redis(kind, prefix="one:").get() == FULL
    assert client.keys() == ["one:{user:}:token"]


def test_sync_and_async_stores_share_the_keys(open_redis):
    one, other = open_redis("redis").for_user("ada"), open_redis("async redis").for_user("ada")
    one.set(FULL)

    assert other.get() == FULL

    lease = other.try_lock()

    assert one.try_lock() is None

    lease.set(BARE)
    lease.release()

    assert one.get() == BARE
    assert one.try_lock() is not None


def wait_for_lock(store):
    """Acquire the lock as soon as it is free."""
    deadline = time.monotonic() + 5
    while (lease := store.try_lock()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return lease


@KINDS
def test_a_lock_expires(open_redis, kind):
    store = open_redis(kind, lock_seconds=1)
    begin = time.monotonic()

    assert store.try_lock() is not None
    assert store.try_lock() is None

    lease = wait_for_lock(store)

    assert 0.95 < time.monotonic() - begin < 3.8

    lease.release()


@KINDS
def test_a_stale_holder_cannot_overwrite_a_newer_token(open_redis, kind):
    stale = open_redis(kind, lock_seconds=0.05).try_lock()
    store = open_redis(kind)
    fresh = wait_for_lock(store)
    fresh.set(numbered(2))
    with pytest.raises(TokenStoreError, match="the lock expired") as caught:
        stale.set(numbered(1))

    assert numbered(2) == store.get()
    assert_no_secrets(caught.value)

    fresh.set(numbered(3))
    fresh.release()
    with pytest.raises(TokenStoreError, match="the lock expired"):
        stale.set(numbered(1))

    assert numbered(3) == store.get()


@KINDS
def test_a_stale_holder_may_write_before_the_next_holder_does(open_redis, kind):
    """Its refresh token was used, so that the new token is the only valid one."""
    stale = open_redis(kind, lock_seconds=0.05).try_lock()
    store = open_redis(kind)
    fresh = wait_for_lock(store)
    stale.set(numbered(1))

    assert numbered(1) == store.get()

    fresh.set(numbered(2))

    assert numbered(2) == store.get()


@KINDS
def test_releasing_an_expired_lock_does_not_release_the_next_holders_lock(open_redis, kind):
    stale = open_redis(kind, lock_seconds=0.05).try_lock()
    store = open_redis(kind)
    fresh = wait_for_lock(store)
    stale.release()

    assert store.try_lock() is None

    fresh.release()

    assert store.try_lock() is not None


@KINDS
def test_evicted_fencing_numbers_do_not_refuse_every_write(open_redis, client, kind):
    store = open_redis(kind)
    client.hset("soundcloud:{user:}:numbers", "written", 57)
    lease = store.try_lock()
    lease.set(BARE)

    assert store.get() == BARE
    assert client.hgetall("soundcloud:{user:}:numbers") == {"taken": "58", "written": "58"}


def test_a_repeated_acquire_of_the_owner_succeeds(open_redis, client):
    """As redis-py does when the connection breaks before the response."""
    store = open_redis("redis")

    assert [client.eval(*store._acquire(owner)) for owner in ("one", "one", "two")] == [1, 2, 0]


@KINDS
@pytest.mark.parametrize("decode_responses", [False, True])
@pytest.mark.parametrize(
    "content", [b"", b'{"access_token": "ACCESS-SECRET', b"[]", b"{}", b"ACCESS-SECRET\xff", b"[" * 100_000]
)
def test_a_damaged_value_is_refused(open_redis, server, kind, decode_responses, content):
    with redis.Redis.from_url(server.url) as client:
        client.set("soundcloud:{user:}:token", content)
    store = open_redis(kind, decode_responses=decode_responses)

    with pytest.raises(TokenStoreError, match="is not a token") as caught:
        store.get()

    assert_no_secrets(caught.value)

    store.set(FULL)

    assert store.get() == FULL


@KINDS
def test_a_value_of_another_redis_type_is_refused(open_redis, client, kind):
    client.rpush("soundcloud:{user:}:token", SECRET)

    with pytest.raises(TokenStoreError, match="Redis refused to read or store") as caught:
        open_redis(kind).get()

    assert_no_secrets(caught.value)


def all_operations(store, lease=None):
    operations = [store.get, lambda: store.set(FULL), store.clear, store.try_lock]
    return operations if lease is None else [*operations, lambda: lease.set(FULL)]


@KINDS
def test_a_wrong_password(open_redis, server, kind):
    for wrong in (f":{PASSWORD}-wrong@", f"{PASSWORD}:{SECRET}@", ""):
        store = open_redis(kind, f"redis://{wrong}127.0.0.1:{server.port}/0")

        for refused in all_operations(store):
            with pytest.raises(TokenStoreError, match="Redis refused the user or the password") as caught:
                refused()
            assert str(server.port) not in str(caught.value)
            assert_no_secrets(caught.value)


@KINDS
def test_a_redis_that_is_not_running(open_redis, kind):
    port = free_port()
    store = open_redis(kind, f"redis://:{PASSWORD}@127.0.0.1:{port}/0?socket_timeout=1")

    for refused in all_operations(store):
        with pytest.raises(TokenStoreError, match="Redis cannot be reached") as caught:
            refused()
        assert str(port) not in str(caught.value)
        assert_no_secrets(caught.value)


@KINDS
def test_a_redis_that_stops_while_the_lock_is_held(open_redis, kind):
    with redis_server.RedisServer(PASSWORD) as passing:
        store = open_redis(kind, passing.url)
        lease = store.try_lock()

    for refused in all_operations(store, lease):
        with pytest.raises(TokenStoreError, match="Redis cannot be reached") as caught:
            refused()
        assert_no_secrets(caught.value)

    lease.release()


@KINDS
def test_a_redis_that_does_not_answer(open_redis, kind):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.1&retry_on_timeout=no"
        with pytest.raises(TokenStoreError, match="Redis did not answer in time") as caught:
            open_redis(kind, url).get()

    assert_no_secrets(caught.value)


def test_a_store_from_a_url(server, runner):
    store = RedisTokenStore.from_url(server.url, prefix="url:", lock_seconds=5)
    store.set(FULL)

    assert store._client.connection_pool.connection_kwargs["socket_timeout"] == 10
    assert PASSWORD not in repr(store)

    store.close()
    adapter = SyncAdapter(runner, AsyncRedisTokenStore.from_url(server.url, prefix="url:", lock_seconds=5))

    assert adapter.get() == FULL
    assert PASSWORD not in repr(adapter)

    adapter.aclose()


@pytest.mark.parametrize("store", [RedisTokenStore, AsyncRedisTokenStore])
@pytest.mark.parametrize("url", [f"http://:{PASSWORD}@host", PASSWORD, f"redis://:{PASSWORD}@host:port", ""])
def test_an_invalid_url_is_refused(store, url):
    with pytest.raises(InvalidInputError, match="this is not a Redis URL") as caught:
        store.from_url(url)

    assert PASSWORD not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_lock_seconds_is_positive(seconds):
    with pytest.raises(InvalidInputError, match=r"lock_seconds=.*: pass seconds, more than 0"):
        RedisTokenStore(redis.Redis(), lock_seconds=seconds)


def test_a_client_of_the_other_kind_is_refused():
    with pytest.raises(InvalidInputError, match="use AsyncRedisTokenStore"):
        RedisTokenStore(redis.asyncio.Redis())
    with pytest.raises(InvalidInputError, match="use RedisTokenStore"):
        AsyncRedisTokenStore(redis.Redis())


def test_redis_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.exceptions", None)

    for make in (RedisTokenStore.from_url, AsyncRedisTokenStore.from_url, RedisTokenStore):
        with pytest.raises(TokenStoreError, match=r"pip install 'soundcloud-sdk\[redis\]'"):
            make("redis://localhost")
