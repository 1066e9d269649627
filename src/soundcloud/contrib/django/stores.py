"""The token store in the site's database.

A token is a row with its lock: a holder, a time at which the lock expires, and fencing numbers as in `stores.redis_keys`. The lock
is acquired by one UPDATE of a free row. PostgreSQL and MySQL lock the row for it, and SQLite locks the database, as BEGIN IMMEDIATE
does; no lock of the database is held while SoundCloud is asked for a token. A request that ends without a release, because its
process died, leaves a lock that expires.

Refreshed tokens must survive a rollback of the view, for example with ATOMIC_REQUESTS, because the old ones no longer work. So in
a transaction of the caller, the store uses a connection of its own. SQLite refuses that: while the caller's transaction has read or
written, no other connection can write, unless the file is in WAL mode and the transaction only reads.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from asgiref.sync import sync_to_async
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from soundcloud._protocol.secrets import Secret
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.stores.base import KeyedStore, decode, encode
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from soundcloud.contrib.django.models import StoredToken

LOCK_SECONDS = 30.0
_READABLE_KEY = re.compile(r"[a-z0-9:_.-]{1,180}", re.ASCII)
T = TypeVar("T")


class RowStore(KeyedStore, ABC):
    """A token store whose lock is a row of `StoredToken`; a subclass reads and writes the token."""

    blocking = True

    def __init__(self, *, using: str = DEFAULT_DB_ALIAS, lock_seconds: float = LOCK_SECONDS) -> None:
        self._using, self._lock_seconds = using, lock_seconds
        try:
            self._model = cast("type[StoredToken]", apps.get_model("soundcloud_django", "StoredToken"))
        except LookupError:
            what = (
                "'soundcloud.contrib.django' is not in INSTALLED_APPS: add it, as its table has the locks of the tokens"
            )
            raise ImproperlyConfigured(what) from None

    def get(self) -> Token | None:
        """Return the token, or None without one.

        Raises:
            TokenStoreError: The database cannot be read, or the value is not a token.
        """
        token = self._run(self._read)
        if isinstance(token, bool):
            raise TokenStoreError("the value in the database is not a token", hint="call clear() and sign in again")
        return token

    def set(self, token: Token) -> None:
        """Store a token and return when it is committed.

        Raises:
            TokenStoreError: The database cannot be written.
        """
        self._run(lambda: self._write(token))

    def clear(self) -> None:
        """Delete the token.

        Raises:
            TokenStoreError: The database cannot be written.
        """
        self._run(self._delete)

    def try_lock(self) -> "RowLease | None":
        """Acquire the lock without waiting; return None if it is held."""
        owner = token_hex(16)
        row = self._run(lambda: self._acquire(owner))
        return None if row is None else RowLease(self, owner, *row)

    @abstractmethod
    def _read(self) -> Token | bool | None:
        """Return the token, None without one, or False if the value is not a token."""

    @abstractmethod
    def _write(self, token: Token) -> None:
        """Write the token."""

    @abstractmethod
    def _delete(self) -> None:
        """Delete the token."""

    @property
    def _rows(self) -> Any:
        return self._model._default_manager.using(self._using).filter(key=self._row_key())

    def _row_key(self) -> str:
        """Return the key of the row. A database may ignore the case and trailing spaces of a string, so others are hashed."""
        if _READABLE_KEY.fullmatch(self._key):
            return self._key
        return f"{self._key.partition(':')[0]}-sha256:{sha256(self._key.encode('utf-8', 'surrogatepass')).hexdigest()}"

    def _add_row(self) -> None:
        rows = self._model._default_manager.using(self._using)
        rows.bulk_create([self._model(key=self._row_key())], ignore_conflicts=True)

    def _acquire(self, owner: str) -> tuple[int, int] | None:
        """Acquire the lock; return the id of the row and the fencing number, or None if the lock is held."""
        if not self._rows.exists():
            self._add_row()
        # The clock of the database decides, as those of the servers may differ.
        free = self._rows.filter(Q(holder="") | Q(held_until__lt=Now()))
        until = Now() + timedelta(seconds=self._lock_seconds)
        if not free.update(holder=owner, held_until=until, taken=F("taken") + 1):
            return None
        row: tuple[int, int] | None = self._rows.filter(holder=owner).values_list("pk", "taken").first()
        return row

    @abstractmethod
    def _write_locked(self, row: int, number: int, token: Token) -> bool:
        """Write a token unless a later holder has written, or the token was deleted; return whether it was written."""

    def _release(self, owner: str) -> None:
        self._rows.filter(holder=owner).update(holder="", held_until=None)

    def _run(self, work: Callable[[], T]) -> T:
        """Run statements, outside of the caller's transaction."""
        problem: TokenStoreError
        try:
            if _in_transaction(self._using):
                with ThreadPoolExecutor(1) as executor:
                    return executor.submit(self._run_once, work).result()
            connection = connections[self._using]
            opens = connection.connection is None and not connection.settings_dict.get("CONN_MAX_AGE")
            try:
                return work()
            finally:
                if opens:
                    connection.close()  # nothing else closes it, unless this thread handles requests
        except TokenStoreError:
            raise
        except (DatabaseError, InterfaceError) as error:
            problem = _store_error(error)
        # Raised outside of the except block: the message of a context could contain the token.
        raise problem

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._key!r}>"

    def _run_once(self, work: Callable[[], T]) -> T:
        """Run statements in a thread that ends, and close its connection."""
        try:
            return work()
        finally:
            connections[self._using].close()


class RowLease:
    """The held lock of a `RowStore`."""

    def __init__(self, store: RowStore, owner: str, row: int, number: int) -> None:
        self._store, self._owner, self._row, self._number = store, owner, row, number

    def set(self, token: Token) -> None:
        """Store a token, unless a later holder of the lock has stored one.

        Raises:
            TokenStoreError: The lock expired and a newer token is stored, the token was deleted, or the database failed.
        """
        if not self._store._run(lambda: self._store._write_locked(self._row, self._number, token)):
            raise TokenStoreError(
                "the token was replaced or deleted by another process while it was refreshed",
                hint="repeat the request; if this happens often, set a larger lock_seconds=",
            )

    def release(self) -> None:
        """Release the lock if it is still held. Errors are ignored, as the lock expires after `lock_seconds`."""
        with suppress(TokenStoreError):
            self._store._run(lambda: self._store._release(self._owner))


class DjangoTokenStore(RowStore):
    """Stores tokens in the database of a Django site. Processes on several machines may share it: only one refreshes at a time.

    A lock expires after `lock_seconds`. A holder whose lock expired cannot overwrite a token of the next holder. The tokens are
    not encrypted. With `DEBUG = True`, Django records all SQL, with the tokens in it.

    Args:
        using: The name of the database in `DATABASES`; default `default`.
        lock_seconds: Seconds until a lock expires; above 20, the limit of a token request; default 30.

    Raises:
        ImproperlyConfigured: `soundcloud.contrib.django` is not in `INSTALLED_APPS`.
        TokenStoreError: The database cannot be read or written.

    Example:
        >>> store = DjangoTokenStore()
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    def _read(self) -> Token | bool | None:
        return decode(self._rows.values_list("token", flat=True).first())

    def _write(self, token: Token) -> None:
        encoded = Secret(encode(token))
        if not self._rows.update(token=encoded):
            self._add_row()
            self._rows.update(token=encoded)

    def _write_locked(self, row: int, number: int, token: Token) -> bool:
        # One statement, which locks the row only. A second one that finds the row by its key would lock the index of the key after
        # the row, and `_acquire` locks them the other way round: a deadlock in MySQL and MariaDB.
        own = self._rows.filter(pk=row, written__lte=number)
        return bool(own.update(written=number, token=Secret(encode(token))))

    def _delete(self) -> None:
        self._rows.delete()


class AccountStore(RowStore):
    """The token store of an account of a sign-in framework. The framework's table has the token, `StoredToken` has the lock.

    Args:
        account: The account, or its primary key.
        using: The name of the database in `DATABASES`; default `default`.
        lock_seconds: See `DjangoTokenStore`.
    """

    _kind = ""

    def __init__(self, account: Any, *, using: str = DEFAULT_DB_ALIAS, lock_seconds: float = LOCK_SECONDS) -> None:
        super().__init__(using=using, lock_seconds=lock_seconds)
        self._account = getattr(account, "pk", account)
        self._key = f"{self._kind}:{self._account}"

    def for_user(self, user: str) -> Self:
        """Raise an error: the account is the user.

        Raises:
            InvalidInputError: Always.
        """
        raise InvalidInputError(f"this store has the token of one account, not of {user!r}: create a store per account")

    def for_app(self, client_id: str) -> Any:
        """Return the store of an app's own token, which is a `DjangoTokenStore`."""
        return DjangoTokenStore(using=self._using, lock_seconds=self._lock_seconds).for_app(client_id)

    def _write_locked(self, row: int, number: int, token: Token) -> bool:
        # The first statement writes: SQLite would refuse to turn a reading transaction into a writing one.
        with transaction.atomic(using=self._using):
            own = self._rows.filter(pk=row, written__lte=number)
            if not own.update(written=number):
                return False
            self._write(token)
            return True

    @abstractmethod
    def _delete_token(self) -> None:
        """Delete the token."""

    def _delete(self) -> None:
        # A refresh that is under way must not write its token.
        self._rows.delete()
        self._delete_token()


class AsyncDjangoTokenStore:
    """Stores tokens in the database of a Django site, with coroutines that run where Django's async ORM does.

    It needs asyncio, as Django does.

    Args:
        store: The store to use; default a new `DjangoTokenStore`.

    Example:
        >>> store = AsyncDjangoTokenStore()
        >>> client = AsyncSoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = False

    def __init__(self, store: RowStore | None = None) -> None:
        self._store = DjangoTokenStore() if store is None else store

    def for_user(self, user: str) -> Self:
        """Return the store with the key of a user; see `LockingTokenStore`."""
        return type(self)(self._store.for_user(user))

    def for_app(self, client_id: str) -> Self:
        """Return the store with the key of an app's own token; see `LockingTokenStore`."""
        return type(self)(self._store.for_app(client_id))

    async def get(self) -> Token | None:
        """Return the token, or None without one."""
        return await sync_to_async(self._store.get)()

    async def set(self, token: Token) -> None:
        """Store a token."""
        await sync_to_async(self._store.set)(token)

    async def clear(self) -> None:
        """Delete the token."""
        await sync_to_async(self._store.clear)()

    async def try_lock(self) -> "AsyncRowLease | None":
        """Acquire the lock without waiting; return None if it is held."""
        lease = await sync_to_async(self._store.try_lock)()
        return None if lease is None else AsyncRowLease(lease)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._store!r}>"


class AsyncRowLease:
    """The held lock of an `AsyncDjangoTokenStore`."""

    def __init__(self, lease: RowLease) -> None:
        self._lease = lease

    async def set(self, token: Token) -> None:
        """Store a token; see `RowLease.set`."""
        await sync_to_async(self._lease.set)(token)

    async def release(self) -> None:
        """Release the lock; see `RowLease.release`."""
        await sync_to_async(self._lease.release)()


def _in_transaction(using: str) -> bool:
    """Return whether the caller has begun a transaction. That of a TestCase does not count: other connections see no test data."""
    return any(not getattr(block, "_from_testcase", False) for block in connections[using].atomic_blocks)


def _store_error(error: Exception) -> TokenStoreError:
    """Map an error of the database without its message, which may contain the token."""
    name = type(error).__name__
    if isinstance(error, OperationalError) and "locked" in str(error):
        what = f"the SQLite database is locked: {name}"
        hint = "do not use a client inside of a transaction (transaction.atomic, ATOMIC_REQUESTS) with SQLite"
    else:
        what = f"the tokens in the database cannot be read or stored: {name}"
        hint = "check that manage.py migrate was run and that the database can be reached"
    return TokenStoreError(what, hint=hint)
