"""Limits and defaults of the token stores and caches, at their exact values."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from filelock import FileLock
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NullKeyring

from soundcloud import InvalidInputError, Token
from soundcloud._redis import milliseconds
from soundcloud.caches import AsyncRedisCache, MemoryCache, RedisCache
from soundcloud.errors import TokenStoreError
from soundcloud.stores import AsyncRedisTokenStore, FileTokenStore, KeyringTokenStore, MemoryTokenStore, RedisTokenStore
from soundcloud.stores import file as file_store
from soundcloud.stores import keyring as keyring_store
from soundcloud.stores.base import AsyncTokenStore, LockingTokenStore, TokenProvider, TokenStore, encode
from soundcloud.stores.file_lock import CHANGE_SECONDS, acquire, holder

URL = "redis://127.0.0.1:1/0"
TOKEN = Token("access", "refresh", datetime(2026, 11, 1, tzinfo=UTC), grant="user")


class DictKeyring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.entries = {}

    def get_password(self, service, username):
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self.entries[service, username] = password

    def delete_password(self, service, username):
        del self.entries[service, username]


@pytest.fixture
def backend(monkeypatch, tmp_path):
    """Set a keyring and a folder of locks for one test."""
    backend = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    monkeypatch.setattr("platformdirs.user_state_path", lambda *names, **options: tmp_path / "state")
    return backend


def token_of_length(length):
    """Return a token whose stored form has a length."""
    return Token("x" * (length - len(encode(Token("x"))) + 1))


def test_the_space_for_a_token_is_checked_before_it_is_requested(monkeypatch, tmp_path):
    checked = []
    monkeypatch.setattr(
        file_store, "check_space", lambda path, size, **options: checked.append((path.name, size, options))
    )
    store = FileTokenStore(tmp_path / "tokens.json")
    with store.path.open("w") as file:
        file.write("x" * 100)
    store._check_writable()
    store.path.unlink()
    store._check_writable()

    assert checked == [
        ("tokens.json", 100 + 16 * 1024, {"draft_suffix": ".new"}),
        ("tokens.json", 16 * 1024, {"draft_suffix": ".new"}),
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_modes_of_the_folder_and_of_the_locks(tmp_path):
    umask = os.umask(0)
    try:
        store = FileTokenStore(tmp_path / "new" / "tokens.json")
        store.set(TOKEN)
        lease = store.try_lock()
        lease.release()
    finally:
        os.umask(umask)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [store.path.parent, *store.path.parent.iterdir()]}

    assert modes.pop("new") == 0o700
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o601, 0o602, 0o604, 0o610, 0o620, 0o640])
def test_any_access_of_others_is_refused(tmp_path, mode):
    store = FileTokenStore(tmp_path / "tokens.json")
    store.set(TOKEN)
    store.path.chmod(mode)

    with pytest.raises(TokenStoreError, match=rf"mode {mode:04o}"):
        store.get()
    store.path.chmod(0o400)
    assert store.get() == TOKEN


def test_the_names_of_the_locks_are_the_same_in_every_version(tmp_path):
    store = FileTokenStore(tmp_path / "tokens.json")

    assert store.for_user("ada")._lock_path().name == "tokens.json.19d0191a4a075795.lock"
    assert FileTokenStore.blocking
    assert FileTokenStore._client_id is None


@pytest.mark.parametrize(
    "content",
    ['{"version": 0, "tokens": {}}', '{"version": 2, "tokens": {}}', '{"version": 1}', '{"tokens": {}}', "[]", "", "5"],
)
def test_files_of_other_versions_are_left_alone(tmp_path, content):
    store = FileTokenStore(tmp_path / "tokens.json")
    store.path.write_text(content)
    store.path.chmod(0o600)

    with pytest.raises(TokenStoreError, match="is not a token file of this version"):
        store.set(TOKEN)
    assert store.path.read_text() == content


def test_a_change_waits_ten_seconds_for_the_lock(monkeypatch, tmp_path):
    waited = []
    original = FileLock.acquire

    def acquired(lock, timeout=None, **options):
        waited.append(timeout)
        return original(lock, timeout=0, **options)

    monkeypatch.setattr(FileLock, "acquire", acquired)
    lock = acquire(tmp_path / "a.lock")
    try:
        with pytest.raises(TimeoutError, match=rf"^a.lock was held for 10 seconds by process {os.getpid()}$"):
            acquire(tmp_path / "a.lock")
        assert FileTokenStore(tmp_path / "tokens.json").try_lock() is not None
    finally:
        lock.release()

    assert waited == [CHANGE_SECONDS, CHANGE_SECONDS, 0]
    assert CHANGE_SECONDS == 10


@pytest.mark.parametrize(
    ("note", "name"),
    [
        (b"5\n", "process 5"),
        (b"1" * 20 + b"\n", f"process {'1' * 20}"),
        (b"1" * 21 + b"\n", "another process"),
        (b"5", "another process"),
        (b"\n", "another process"),
        (b"", "another process"),
        (b"a\n", "another process"),
    ],
)
def test_the_holder_of_a_lock(tmp_path, note, name):
    (tmp_path / "lock").write_bytes(note)

    assert holder(tmp_path / "lock") == name
    assert holder(tmp_path / "none") == "another process"


@pytest.mark.parametrize(("length", "entries"), [(1000, 1), (1001, 3), (2000, 3), (2001, 4)])
def test_an_entry_of_the_keyring_has_at_most_1000_characters(backend, length, entries):
    token, store = token_of_length(length), KeyringTokenStore()
    store.set(token)

    assert len(encode(token)) == length
    assert len(backend.entries) == entries
    assert store.get() == token
    store.clear()
    assert backend.entries == {}


def test_the_generations_of_a_long_token_alternate(backend):
    store = KeyringTokenStore()
    found = []
    for length in (1500, 1600, 1700):
        store.set(token_of_length(length))
        found.append({name.split(":")[1] for _, name in backend.entries if name.startswith("part:")})

    assert found == [{"0"}, {"1"}, {"0"}]


def test_the_locks_of_the_keyring(backend, tmp_path):
    assert KeyringTokenStore.blocking
    assert keyring_store._lock_path("soundcloud-sdk").name == "keyring-751d1c822d05f1296fe0effe27ab3bd6.lock"
    assert keyring_store._lock_path("a").parent == tmp_path / "state"


def test_a_keyring_that_discards_passwords_is_refused(monkeypatch, backend):
    monkeypatch.setattr(keyring.core, "_keyring_backend", NullKeyring())

    with pytest.raises(TokenStoreError, match="there is no keyring on this machine"):
        KeyringTokenStore().set(TOKEN)


@pytest.mark.parametrize(
    "content",
    [
        '{"parts": 2, "generation": 2, "digest": "x"}',
        '{"parts": 2, "generation": -1, "digest": "x"}',
        '{"parts": "2", "generation": 0, "digest": "x"}',
        '{"parts": 2, "generation": 0, "digest": 5}',
        '{"parts": 2, "generation": 0}',
    ],
)
def test_what_is_not_an_index(content):
    assert keyring_store._index(content) is None
    assert keyring_store._index('{"parts": 2, "generation": 1, "digest": "x"}') == (2, 1, "x")
    assert keyring_store._index(None) is None


def test_a_lock_in_memory_is_released_by_its_holder_only():
    store = MemoryTokenStore(TOKEN)
    first = store.try_lock()
    held = store.try_lock()
    first.release()
    second = store.try_lock()
    first.release()

    assert (held, store.try_lock()) == (None, None)
    second.release()
    assert store.try_lock() is not None
    assert MemoryTokenStore.blocking is False
    with pytest.raises(InvalidInputError, match="token is of type str: pass a Token"):
        MemoryTokenStore("access")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, 1), (-5, 1), (0.0004, 1), (0.0016, 2), (1, 1000), (30.0, 30_000)]
)
def test_milliseconds(seconds, expected):
    assert milliseconds(seconds) == expected


@pytest.mark.parametrize("cls", [RedisTokenStore, AsyncRedisTokenStore])
def test_the_settings_of_a_redis_store(cls):
    store = cls.from_url(URL)
    kwargs = store._client.connection_pool.connection_kwargs
    (_, count, *keys, owner, expiry) = store.for_user("ada")._acquire("owner")

    assert kwargs["socket_timeout"] == kwargs["socket_connect_timeout"] == 10
    assert (count, keys) == (2, ["soundcloud:{user:ada}:lock", "soundcloud:{user:ada}:numbers"])
    assert (owner, expiry) == ("owner", 30_000)
    assert cls.from_url(URL, lock_seconds=1e-9)._acquire("o")[-1] == 1
    assert store.blocking is (cls is RedisTokenStore)
    for wrong in (0, -1, float("inf"), float("nan"), "5", None):
        with pytest.raises(InvalidInputError, match="lock_seconds="):
            cls.from_url(URL, lock_seconds=wrong)


@pytest.mark.parametrize("cls", [RedisCache, AsyncRedisCache])
def test_the_settings_of_a_redis_cache(cls):
    cache = cls.from_url(URL)
    kwargs = cache._client.connection_pool.connection_kwargs

    assert kwargs["socket_timeout"] == kwargs["socket_connect_timeout"] == 1
    assert repr(cache) == f"<{cls.__name__} 'soundcloud:cache:'>"
    assert cache.blocking is (cls is RedisCache)


class Clock:
    """A clock that only moves when a test moves it."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(("now", "found"), [(104.9, True), (105, False), (106, False)])
def test_an_entry_of_the_memory_cache_expires_at_its_second(now, found):
    clock = Clock()
    cache = MemoryCache(clock=clock)
    cache.set("a", b"value", 5)
    clock.now = now

    assert (cache.get("a") == b"value") is found
    assert len(cache) == int(found)


def test_the_limits_of_the_memory_cache():
    entries, size = MemoryCache(max_entries=2), MemoryCache(max_bytes=10)
    for name in "abc":
        entries.set(name, b"x", 60)
    size.set("a", b"12345", 60)
    size.set("b", b"12345", 60)
    both = len(size)
    size.set("c", b"1", 60)
    size.set("d", b"x" * 10, 60)
    whole = size.get("d")
    size.set("d", b"x" * 11, 60)

    assert [entries.get(name) for name in "abc"] == [None, b"x", b"x"]
    assert (both, whole, size.get("d"), len(size)) == (2, b"x" * 10, None, 0)
    assert repr(MemoryCache()) == "<MemoryCache of 0 entries, 0 bytes>"
    for settings in ({"max_entries": 0}, {"max_bytes": 0}, {"max_entries": True}, {"max_bytes": 1.5}):
        with pytest.raises(InvalidInputError, match="pass a whole number, 1 or more"):
            MemoryCache(**settings)
    assert len(MemoryCache(max_entries=1, max_bytes=1)) == 0


def test_the_defaults_of_the_memory_cache():
    cache = MemoryCache()
    for number in range(1001):
        cache.set(str(number), b"x", 60)
    large = MemoryCache()
    large.set("a", bytes(50_000_000), 60)
    large.set("b", bytes(50_000_001), 60)

    assert (len(cache), cache.get("0"), cache.get("1")) == (1000, None, b"x")
    assert (len(large), large.get("b")) == (1, None)
    assert cache.blocking is False


def test_the_protocols_of_the_stores_can_be_checked():
    assert isinstance(MemoryTokenStore(), TokenStore)
    assert isinstance(MemoryTokenStore(), LockingTokenStore)
    assert not isinstance(object(), TokenStore | LockingTokenStore | AsyncTokenStore | TokenProvider)


def test_the_default_file(monkeypatch, tmp_path):
    asked = []

    def folder(*names, **options):
        asked.append((names, options))
        return tmp_path

    monkeypatch.setattr("platformdirs.user_data_path", folder)

    assert FileTokenStore().path == Path(tmp_path / "tokens.json")
    assert asked == [(("soundcloud-sdk",), {"appauthor": False})]


def test_an_entry_of_the_file_does_not_show_its_token():
    entry = file_store._Entry({"access_token": "HUSH", "client_id": 5})

    assert repr(entry) == "<entry>"
    assert entry.client_id is None
    assert file_store._Entry({"client_id": "app"}).client_id == "app"
    assert file_store._Entry("damaged").client_id is None
