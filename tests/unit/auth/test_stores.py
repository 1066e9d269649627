"""Token stores: one contract for all of them, and what each promises beyond it."""

import asyncio
import json
import os
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
)
from soundcloud.tokens import Token
from tests.helpers import redis_server
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


def assert_silent(error):
    """Neither the error's text nor a traceback with the values of its frames shows a secret.

    The frames of this file are left out: they hold what the tests give.
    """
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    report.stack[:] = [frame for frame in report.stack if frame.filename != __file__]
    shown = "".join([str(error), repr(error), repr(vars(error)), *report.format()])

    assert report.stack
    assert error.__context__ is None
    assert not [secret for secret in SECRETS if secret in shown]


def start_python(program, *arguments, **options):
    """Run a program with the modules of this process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], env=environment, **options)


class DictKeyring(KeyringBackend):
    """A keyring in memory, as short as that of Windows; it may crash at a write or delete."""

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


class Waiting:
    """An asynchronous store or lease, waited for."""

    def __init__(self, runner, subject):
        self.runner, self.subject = runner, subject

    def for_user(self, user):
        return Waiting(self.runner, self.subject.for_user(user))

    def for_app(self, client_id):
        return Waiting(self.runner, self.subject.for_app(client_id))

    def get(self):
        return self.runner.run(self.subject.get())

    def set(self, token):
        return self.runner.run(self.subject.set(token))

    def clear(self):
        return self.runner.run(self.subject.clear())

    def try_lock(self):
        lease = self.runner.run(self.subject.try_lock())
        return lease and Waiting(self.runner, lease)

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
    """The keyring of this test; its locks are in a folder of this test."""
    backend = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    monkeypatch.setattr("platformdirs.user_state_path", lambda *names, **options: tmp_path / "state")
    return backend


@pytest.fixture
def open_redis(server, runner):
    """Makes Redis stores of either colour, and closes their clients."""
    opened = []

    def open_redis(kind, url=None, *, decode_responses=False, **options):
        url = server.url if url is None else url
        if kind == "redis":
            client = redis.Redis.from_url(url, decode_responses=decode_responses)
            store = RedisTokenStore(client, **options)
            opened.append(store.close)
            return store
        client = redis.asyncio.Redis.from_url(url, decode_responses=decode_responses)
        store = Waiting(runner, AsyncRedisTokenStore(client, **options))
        opened.append(store.aclose)
        return store

    yield open_redis
    for close in opened:
        close()


BOTH = pytest.mark.parametrize("kind", ["redis", "async redis"])


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


# All of them.


def test_a_store_begins_empty(store):
    assert store.get() is None
    assert store.for_user("ada").get() is None

    store.clear()

    assert store.get() is None


@pytest.mark.parametrize("token", [FULL, BARE, LONG], ids=["full", "bare", "long"])
def test_a_token_comes_back_as_it_was(store, token):
    store.set(token)

    assert token == store.get()

    store.clear()

    assert store.get() is None


def test_a_token_takes_the_place_of_the_one_before(store):
    for token in (FULL, BARE, LONG, numbered(1), LONG, FULL):
        store.set(token)

        assert token == store.get()


def test_people_and_apps_do_not_see_each_other(store):
    names = ["", "ada", "bob", "Ada", "ada}", "{ada", "ada:token", "ada\n", "\u00e4da \U0001f3b5", "a" * 300]
    stores = [make(name) for name in names for make in (store.for_user, store.for_app)]
    for number, other in enumerate(stores):
        other.set(numbered(number))

    assert [numbered(number) for number in range(len(stores))] == [other.get() for other in stores]

    store.for_user("ada").clear()

    assert store.for_user("ada").get() is None
    assert store.for_app("ada").get() is not None
    assert store.for_user("bob").get() is not None


def test_a_key_is_taken_from_any_store(store):
    store.for_user("ada").set(BARE)

    assert store.for_app("app").for_user("bob").for_user("ada").get() == BARE
    assert store.get() is None


def test_one_at_a_time_holds_the_lock(store):
    lease = store.try_lock()

    assert lease is not None
    assert store.try_lock() is None

    lease.release()
    second = store.try_lock()

    assert second is not None

    second.release()


def test_a_lock_is_of_one_key(store):
    leases = [other.try_lock() for other in (store, store.for_user("ada"), store.for_user("bob"), store.for_app("ada"))]

    assert None not in leases
    assert store.for_user("ada").try_lock() is None

    for lease in leases:
        lease.release()


def test_releasing_again_leaves_the_next_holder_its_lock(store):
    first = store.try_lock()
    first.release()
    second = store.try_lock()
    first.release()

    assert store.try_lock() is None

    second.release()


def test_the_holder_writes(store):
    store.set(numbered(0))
    for number in range(1, 4):
        lease = store.try_lock()
        lease.set(numbered(number))

        assert numbered(number) == store.get()

        lease.release()

    store.set(FULL)

    assert store.get() == FULL


def test_what_the_holder_does_not_hold_is_not_locked(store):
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


def test_one_of_many_gets_the_lock(store):
    if isinstance(store, Waiting):

        async def compete():
            return await asyncio.gather(*(store.subject.try_lock() for _ in range(8)))

        won = store.runner.run(compete())
        leases = [Waiting(store.runner, lease) for lease in won if lease is not None]
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


def test_all_are_token_stores(store):
    store = store.subject if isinstance(store, Waiting) else store

    assert isinstance(store, TokenStore)
    assert isinstance(store, AsyncTokenStore)
    assert isinstance(store, LockingTokenStore)
    assert isinstance(store, RedisTokenStore | KeyringTokenStore | FileTokenStore) == store.blocking


def test_every_name_is_there():
    for name in soundcloud.stores.__all__:
        assert getattr(soundcloud.stores, name).__name__ == name
    with pytest.raises(AttributeError, match="SqlTokenStore"):
        _ = soundcloud.stores.SqlTokenStore


# Memory.


def test_a_memory_store_may_begin_with_a_token():
    store = MemoryTokenStore(FULL)

    assert store.get() == FULL
    assert store.for_user("ada").get() is None
    assert "with a token" in repr(store)


# A file.


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
def test_the_folder_is_made(tmp_path):
    folder = tmp_path / "one" / "two"
    FileTokenStore(folder / "tokens.json").set(FULL)

    assert mode_of(folder) == 0o700
    assert FileTokenStore(folder / "tokens.json").get() == FULL


def test_the_file_has_a_place_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *names, **options: tmp_path / names[0])

    assert FileTokenStore().path == tmp_path / "soundcloud-sdk" / "tokens.json"
    assert str(tmp_path) in repr(FileTokenStore())


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_file_that_others_can_read_is_refused(path, mode):
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
def test_a_damaged_file_is_refused_and_kept(path, content):
    path.write_bytes(content)
    path.chmod(0o600)
    store = FileTokenStore(path)

    for refused in (store.get, lambda: store.set(BARE), store.clear):
        with pytest.raises(TokenStoreError, match="is no token file of this version - move it away") as caught:
            refused()
        assert SECRET not in f"{caught.value} {caught.value!r}"

    assert content == path.read_bytes()


@pytest.mark.parametrize("token", ['"ACCESS-SECRET"', "[]", "{}", '{"access_token": 1}', '{"refresh_token": "x"}'])
def test_a_damaged_token_is_refused(path, token):
    path.write_text(f'{{"version": 1, "tokens": {{"user:": {token}}}}}')
    path.chmod(0o600)

    with pytest.raises(TokenStoreError, match="no token file"):
        FileTokenStore(path).get()

    FileTokenStore(path).set(FULL)

    assert FileTokenStore(path).get() == FULL


def test_a_file_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    store = FileTokenStore(tmp_path / "file" / "tokens.json")

    for refused in (lambda: store.set(FULL), store.try_lock):
        with pytest.raises(TokenStoreError, match="cannot be made"):
            refused()

    store = FileTokenStore(tmp_path)

    for what, refused in {"read": store.get, "written": lambda: store.set(FULL)}.items():
        with pytest.raises(TokenStoreError, match=rf"cannot be ({what}|read)"):
            refused()


@pytest.mark.skipif(os.name != "posix", reason="links are of POSIX")
def test_a_draft_that_is_a_link_is_not_followed(tmp_path, path):
    target = tmp_path / "target"
    target.write_text("untouched")
    (tmp_path / "tokens.json.new").symlink_to(target)
    FileTokenStore(path).set(FULL)

    assert target.read_text() == "untouched"
    assert not path.is_symlink()
    assert not (tmp_path / "tokens.json.new").is_symlink()
    assert FileTokenStore(path).get() == FULL
    assert mode_of(path) == 0o600


def test_a_draft_that_a_crash_left_is_overwritten(tmp_path, path):
    draft = tmp_path / "tokens.json.new"
    draft.write_text("half")
    draft.chmod(0o666)
    FileTokenStore(path).set(FULL)

    assert not draft.exists()
    assert FileTokenStore(path).get() == FULL
    assert mode_of(path) == 0o600


def test_a_write_that_fails_leaves_the_file(path, monkeypatch):
    store = FileTokenStore(path)
    store.set(FULL)

    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("soundcloud.stores.file.os.fsync", fail)
    with pytest.raises(TokenStoreError, match="cannot be written: No space left on device"):
        store.set(BARE)

    assert store.get() == FULL


def test_a_lock_that_cannot_be_taken_says_so(path, monkeypatch):
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
def test_the_lock_of_a_killed_process_is_free(path):
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


def test_processes_that_write_at_once_lose_nothing(path):
    processes = [start_python(WRITE, path, name) for name in ("ada", "bob")]

    assert [process.wait(60) for process in processes] == [0, 0]

    store = FileTokenStore(path)
    expected = {f"{name}-{number}": Token(f"{name} {number}") for name in ("ada", "bob") for number in range(50)}

    assert expected == {user: store.for_user(user).get() for user in expected}


# A keyring.


def test_a_short_token_is_one_entry(backend):
    KeyringTokenStore("my program").for_user("ada").set(FULL)

    assert list(backend.entries) == [("my program", "user:ada")]
    assert FULL.to_dict() == json.loads(backend.entries["my program", "user:ada"])


def test_a_long_token_is_kept_in_parts(backend):
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
def test_a_keyring_that_fails_says_so(backend, changes):
    store = KeyringTokenStore()
    backend.changes_left = changes

    with pytest.raises(TokenStoreError, match="the keyring failed: RuntimeError") as caught:
        store.set(LONG)

    assert_silent(caught.value)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_who_reads_while_another_writes_reads_a_whole_token(backend, writes):
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

    with pytest.raises(TokenStoreError, match="no token - clear") as caught:
        store.get()

    assert_silent(caught.value)

    store.set(LONG)

    assert store.get() == LONG


def test_an_entry_that_somebody_else_removed_is_gone(backend):
    store = KeyringTokenStore()
    store.set(LONG)
    del backend.entries["soundcloud-sdk", "user:"]

    assert store.get() is None

    store.clear()

    assert backend.entries == {}


def test_an_entry_that_cannot_be_removed_says_so(backend, monkeypatch):
    def refuse(service, username):
        raise keyring.errors.PasswordDeleteError(f"no {SECRET}")

    store = KeyringTokenStore()
    store.set(FULL)
    monkeypatch.setattr(backend, "delete_password", refuse)

    with pytest.raises(TokenStoreError, match="the keyring failed: PasswordDeleteError") as caught:
        store.clear()

    assert_silent(caught.value)


@pytest.mark.parametrize("nothing", [fail.Keyring, null.Keyring])
def test_no_keyring_says_what_to_use(backend, monkeypatch, nothing):
    monkeypatch.setattr(keyring.core, "_keyring_backend", nothing())
    store = KeyringTokenStore()

    for refused in (store.get, lambda: store.set(FULL), store.clear):
        with pytest.raises(TokenStoreError, match="there is no keyring on this machine - use FileTokenStore") as caught:
            refused()
        assert_silent(caught.value)


@pytest.mark.parametrize("error", [keyring.errors.KeyringLocked, keyring.errors.InitError])
def test_a_locked_keyring_says_so(backend, error):
    def before_read(name):
        raise error(SECRET)

    backend.before_read = before_read

    with pytest.raises(TokenStoreError, match="the keyring is locked") as caught:
        KeyringTokenStore().get()

    assert_silent(caught.value)


def test_a_keyring_that_is_not_installed_says_how(monkeypatch):
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
        with pytest.raises(TokenStoreError, match="the lock of the keyring cannot be taken"):
            refused()


def test_a_keyring_lock_that_cannot_be_taken_says_so(backend, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    store = KeyringTokenStore()

    for refused in (store.try_lock, lambda: store.set(FULL)):
        with pytest.raises(TokenStoreError, match="cannot be taken: Permission denied"):
            refused()


# Redis.


@pytest.fixture
def client(server):
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        yield client


@BOTH
def test_nothing_but_the_token_is_kept(open_redis, client, kind):
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


@pytest.mark.parametrize("key", ["user:ada", "user:a}b", "user:{}", "app:{x}y", "user:", "user:\u00e4"])
def test_the_keys_of_a_token_are_in_one_slot(open_redis, key):
    from redis.crc import key_slot

    kind, _, name = key.partition(":")
    store = open_redis("redis")
    store = store.for_user(name) if kind == "user" else store.for_app(name)
    keys = [store._token_key, store._lock_key, store._numbers_key]

    assert len(set(keys)) == 3
    assert len({key_slot(key.encode()) for key in keys}) == 1


@BOTH
def test_another_prefix_is_another_store(open_redis, client, kind):
    open_redis(kind, prefix="one:").set(FULL)

    assert open_redis(kind, prefix="two:").get() is None
    assert open_redis(kind, prefix="one:").get() == FULL
    assert client.keys() == ["one:{user:}:token"]


def test_both_colours_share_the_keys(open_redis):
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
    deadline = time.monotonic() + 5
    while (lease := store.try_lock()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return lease


@BOTH
def test_a_lock_is_free_after_a_while(open_redis, kind):
    store = open_redis(kind, lock_seconds=0.2)
    begin = time.monotonic()

    assert store.try_lock() is not None
    assert store.try_lock() is None

    lease = wait_for_lock(store)

    assert 0.15 < time.monotonic() - begin < 3

    lease.release()


@BOTH
def test_a_stale_holder_cannot_overwrite_a_newer_token(open_redis, kind):
    store = open_redis(kind, lock_seconds=0.05)
    stale = store.try_lock()
    time.sleep(0.1)
    store = open_redis(kind)
    fresh = store.try_lock()
    fresh.set(numbered(2))
    with pytest.raises(TokenStoreError, match="the lock was lost") as caught:
        stale.set(numbered(1))

    assert numbered(2) == store.get()
    assert_silent(caught.value)

    fresh.set(numbered(3))
    fresh.release()
    with pytest.raises(TokenStoreError, match="the lock was lost"):
        stale.set(numbered(1))

    assert numbered(3) == store.get()


@BOTH
def test_a_stale_holder_writes_while_nobody_else_has(open_redis, kind):
    """Its refresh token is spent: what it got is the only token that works."""
    stale = open_redis(kind, lock_seconds=0.05).try_lock()
    time.sleep(0.1)
    store = open_redis(kind)
    fresh = store.try_lock()
    stale.set(numbered(1))

    assert numbered(1) == store.get()

    fresh.set(numbered(2))

    assert numbered(2) == store.get()


@BOTH
def test_releasing_a_lost_lock_leaves_the_next_holder_its_own(open_redis, kind):
    stale = open_redis(kind, lock_seconds=0.05).try_lock()
    time.sleep(0.1)
    store = open_redis(kind)
    fresh = store.try_lock()
    stale.release()

    assert store.try_lock() is None

    fresh.release()

    assert store.try_lock() is not None


@BOTH
def test_numbers_that_were_evicted_do_not_lock_everybody_out(open_redis, client, kind):
    store = open_redis(kind)
    client.hset("soundcloud:{user:}:numbers", "written", 57)
    lease = store.try_lock()
    lease.set(BARE)

    assert store.get() == BARE
    assert client.hgetall("soundcloud:{user:}:numbers") == {"taken": "58", "written": "58"}


def test_who_asks_again_for_its_own_lock_has_it(open_redis, client):
    """As redis-py does when the connection broke before the reply."""
    store = open_redis("redis")

    assert [client.eval(*store._take(owner)) for owner in ("one", "one", "two")] == [1, 2, 0]


@BOTH
@pytest.mark.parametrize("decode_responses", [False, True])
@pytest.mark.parametrize(
    "content", [b"", b'{"access_token": "ACCESS-SECRET', b"[]", b"{}", b"ACCESS-SECRET\xff", b"[" * 100_000]
)
def test_a_damaged_value_is_refused(open_redis, server, kind, decode_responses, content):
    with redis.Redis.from_url(server.url) as client:
        client.set("soundcloud:{user:}:token", content)
    store = open_redis(kind, decode_responses=decode_responses)

    with pytest.raises(TokenStoreError, match="is no token") as caught:
        store.get()

    assert_silent(caught.value)

    store.set(FULL)

    assert store.get() == FULL


@BOTH
def test_another_kind_of_value_is_refused(open_redis, client, kind):
    client.rpush("soundcloud:{user:}:token", SECRET)

    with pytest.raises(TokenStoreError, match="Redis refuses to read or keep") as caught:
        open_redis(kind).get()

    assert_silent(caught.value)


def every_call(store, lease=None):
    calls = [store.get, lambda: store.set(FULL), store.clear, store.try_lock]
    return calls if lease is None else [*calls, lambda: lease.set(FULL)]


@BOTH
def test_a_wrong_password_says_so(open_redis, server, kind):
    for wrong in (f":{PASSWORD}-wrong@", f"{PASSWORD}:{SECRET}@", ""):
        store = open_redis(kind, f"redis://{wrong}127.0.0.1:{server.port}/0")

        for refused in every_call(store):
            with pytest.raises(TokenStoreError, match="Redis refuses the user or the password") as caught:
                refused()
            assert str(server.port) not in str(caught.value)
            assert_silent(caught.value)


@BOTH
def test_a_redis_that_is_not_there_says_so(open_redis, kind):
    port = free_port()
    store = open_redis(kind, f"redis://:{PASSWORD}@127.0.0.1:{port}/0?socket_timeout=1")

    for refused in every_call(store):
        with pytest.raises(TokenStoreError, match="Redis cannot be reached") as caught:
            refused()
        assert str(port) not in str(caught.value)
        assert_silent(caught.value)


@BOTH
def test_a_redis_that_goes_away_while_the_lock_is_held(open_redis, kind):
    with redis_server.RedisServer(PASSWORD) as passing:
        store = open_redis(kind, passing.url)
        lease = store.try_lock()

    for refused in every_call(store, lease):
        with pytest.raises(TokenStoreError, match="Redis cannot be reached") as caught:
            refused()
        assert_silent(caught.value)

    lease.release()


@BOTH
def test_a_redis_that_does_not_answer_says_so(open_redis, kind):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.1&retry_on_timeout=no"
        with pytest.raises(TokenStoreError, match="Redis did not answer in time") as caught:
            open_redis(kind, url).get()

    assert_silent(caught.value)


def test_a_url_makes_a_store(server, runner):
    store = RedisTokenStore.from_url(server.url, prefix="url:", lock_seconds=5)
    store.set(FULL)

    assert store._client.connection_pool.connection_kwargs["socket_timeout"] == 10
    assert PASSWORD not in repr(store)

    store.close()
    waiting = Waiting(runner, AsyncRedisTokenStore.from_url(server.url, prefix="url:", lock_seconds=5))

    assert waiting.get() == FULL
    assert PASSWORD not in repr(waiting)

    waiting.aclose()


@pytest.mark.parametrize("store", [RedisTokenStore, AsyncRedisTokenStore])
@pytest.mark.parametrize("url", [f"http://:{PASSWORD}@host", PASSWORD, f"redis://:{PASSWORD}@host:port", ""])
def test_a_url_that_is_none_is_refused(store, url):
    with pytest.raises(InvalidInputError, match="this is no URL of Redis") as caught:
        store.from_url(url)

    assert PASSWORD not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_lock_lasts_a_while(seconds):
    with pytest.raises(InvalidInputError, match="lock_seconds has to be more than 0"):
        RedisTokenStore(redis.Redis(), lock_seconds=seconds)


def test_a_client_of_the_other_colour_is_refused():
    with pytest.raises(InvalidInputError, match="use AsyncRedisTokenStore"):
        RedisTokenStore(redis.asyncio.Redis())
    with pytest.raises(InvalidInputError, match="use RedisTokenStore"):
        AsyncRedisTokenStore(redis.Redis())


def test_redis_that_is_not_installed_says_how(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.exceptions", None)

    for make in (RedisTokenStore.from_url, AsyncRedisTokenStore.from_url, RedisTokenStore):
        with pytest.raises(TokenStoreError, match=r"pip install 'soundcloud-sdk\[redis\]'"):
            make("redis://localhost")
