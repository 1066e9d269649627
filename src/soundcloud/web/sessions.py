"""Sessions of signed-in browsers. Their events are logged without the session id.

A session ends after `idle_seconds` without a request, and at the latest `absolute_seconds` after the sign-in. Its id consists
of 256 random bits. The store holds a hash of the id, so that a copy of the store does not give access to sessions.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

import attrs

from soundcloud._protocol.secrets import Secret
from soundcloud._protocol.validation import check_seconds
from soundcloud.errors import InvalidInputError
from soundcloud.web.stores import MAX_SESSION_SECONDS, MemorySessionStore, SessionStore

_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_COOKIE = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_MIN_SECRET_LENGTH = 32

logger = logging.getLogger("soundcloud.web")


@attrs.frozen
class Session:
    """The session of a browser.

    Attributes:
        user: The user's URN, which is also the key in the token store.
        csrf_token: The token that a request that changes data must carry, as the form field `csrf_token` or the header
            `X-CSRF-Token`.
        started_at: The time of the sign-in.
        key: The key in the session store.
    """

    user: str
    csrf_token: str = attrs.field(repr=False)
    started_at: datetime
    key: str = attrs.field(repr=False)

    @property
    def name(self) -> str:
        """The name in logs, which identifies the session but does not give access to it."""
        return self.key[:12]


class Sessions:
    """The settings of sessions, and the operations on them.

    Args:
        secret_key: A secret of at least 32 characters, the same on all servers, which signs the cookie of pending
            sign-ins. To rotate it, give a list: all keys verify, the last one signs.
        store: The session store; default memory, which is enough for one worker.
        idle_seconds: Seconds without a request after which a session ends; default 1,800 (30 minutes).
        absolute_seconds: Seconds after the sign-in at which a session ends; default 28,800 (8 hours), at most 30 days.
        cookie: The name of the session cookie, with the prefix `__Host-` over https; default `sid`.
        clock: A function that returns the time in seconds since 1970; default `time.time`.

    Raises:
        InvalidInputError: A setting is wrong.

    Example:
        >>> sessions = Sessions(os.environ["SECRET_KEY"], store=RedisSessionStore.from_url("redis://localhost:6379/0"))
    """

    def __init__(
        self,
        secret_key: str | Sequence[str],
        *,
        store: SessionStore | None = None,
        idle_seconds: float = 1800.0,
        absolute_seconds: float = 28800.0,
        cookie: str = "sid",
        clock: Callable[[], float] = time.time,
    ) -> None:
        given: Any = secret_key
        keys: list[Any] = [*given] if isinstance(given, Sequence) and not isinstance(given, str | bytes) else [given]
        if not keys or any(not isinstance(key, str) or len(key) < _MIN_SECRET_LENGTH for key in keys):
            raise InvalidInputError(
                f"secret_key needs at least {_MIN_SECRET_LENGTH} random characters",
                hint='generate one with python -c "import secrets; print(secrets.token_urlsafe(48))"',
            )
        if not isinstance(cookie, str) or not _COOKIE.fullmatch(cookie):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"cookie={cookie!r}: use up to 40 letters, digits, - and _")
        self.secret_keys = tuple(Secret(key) for key in keys)
        self.store: SessionStore = MemorySessionStore() if store is None else store
        self.idle_seconds = check_seconds("idle_seconds", idle_seconds)
        self.absolute_seconds = check_seconds("absolute_seconds", absolute_seconds)
        if absolute_seconds > MAX_SESSION_SECONDS:
            raise InvalidInputError(f"absolute_seconds={absolute_seconds}: pass at most {MAX_SESSION_SECONDS}, 30 days")
        self.cookie = cookie
        self.clock = clock

    async def start(self, user: str, browser: str) -> tuple[str, Session]:
        """Start a session with a new id, which is for the browser's cookie only. `browser` is its `User-Agent`."""
        session_id, now = Secret(secrets.token_urlsafe(32)), self.clock()
        session = Session(user, secrets.token_urlsafe(32), datetime.fromtimestamp(now, UTC), _key(session_id))
        times = {"started": now, "seen": now}
        record = {"user": user, "csrf": session.csrf_token, "browser": _fingerprint(browser), **times}
        await self.store.add(session.key, json.dumps(record), self._seconds_left(now, now), user)
        logger.info("session %s of %s started", session.name, user)
        return session_id, session

    async def find(self, session_id: str | None, browser: str) -> Session | None:
        """Find the session with the id of a cookie and reset its idle time; return None without one, or if it has ended."""
        if session_id is None:
            return None
        if not _ID.fullmatch(session_id):
            logger.warning("a cookie contains an invalid session id")
            return None
        key, now = _key(session_id), self.clock()
        record = _read(await self.store.get(key))
        if record is None:
            logger.info("there is no session %s: it has ended, or its id was made up", key[:12])
            return None
        session = Session(record["user"], record["csrf"], datetime.fromtimestamp(record["started"], UTC), key)
        if now - record["seen"] >= self.idle_seconds or now - record["started"] >= self.absolute_seconds:
            await self.store.remove(key, session.user)
            logger.info("session %s of %s expired", session.name, session.user)
            return None
        if record["browser"] != _fingerprint(browser):
            # The browser may have been updated, or the cookie stolen.
            logger.warning("session %s of %s is used by another browser", session.name, session.user)
        record |= {"seen": now, "browser": _fingerprint(browser)}
        await self.store.replace(key, json.dumps(record), self._seconds_left(record["started"], now))
        return session

    async def end(self, session: Session) -> None:
        """End a session."""
        await self.store.remove(session.key, session.user)
        logger.info("session %s of %s ended", session.name, session.user)

    async def end_all(self, user: str) -> None:
        """End all sessions of a user in all browsers."""
        for key in await self.store.keys_of(user):
            await self.store.remove(key, user)
            logger.info("session %s of %s ended", key[:12], user)

    async def count(self, user: str) -> int:
        """Return the number of a user's sessions."""
        return len(await self.store.keys_of(user))

    def _seconds_left(self, started: float, now: float) -> float:
        return min(self.idle_seconds, started + self.absolute_seconds - now)


def _key(session_id: str) -> str:
    # A fast hash is enough for 256 random bits.
    return sha256(session_id.encode()).hexdigest()


def _fingerprint(browser: str) -> str:
    return sha256(browser.encode("utf-8", "replace")).hexdigest()[:16]


def _read(record: str | None) -> dict[str, Any] | None:
    """Return the fields of a stored session; None if the record is not a session."""
    try:
        found: Any = json.loads(record or "null")
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    fields = cast("dict[str, Any]", found)
    types = {"user": str, "csrf": str, "started": int | float, "seen": int | float, "browser": str}
    return fields if all(isinstance(fields.get(name), kind) for name, kind in types.items()) else None
