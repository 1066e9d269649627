"""Sessions: who is signed in with which browser, and until when. What happens to one is logged, without its id.

A session has two ends that no browser can put off: after `idle_seconds` without a request, and `absolute_seconds` after the
sign-in. Its id is 256 random bits that mean nothing; the store knows it by its hash, so that whoever reads the store cannot
use what is in it.
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
from soundcloud.web.stores import LONGEST_SECONDS, MemorySessionStore, SessionStore

_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_COOKIE = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_SHORTEST_SECRET = 32

logger = logging.getLogger("soundcloud.web")


@attrs.frozen
class Session:
    """Somebody who is signed in with a browser.

    Attributes:
        user: The person's URN, which is also the key in the token store.
        csrf_token: What a request that changes something has to carry: as the form field `csrf_token` or as the header
            `X-CSRF-Token`.
        started_at: When the person signed in.
        key: What the session store knows it by.
    """

    user: str
    csrf_token: str = attrs.field(repr=False)
    started_at: datetime
    key: str = attrs.field(repr=False)

    @property
    def name(self) -> str:
        """What logs call it: enough to tell sessions apart, useless to whoever reads it."""
        return self.key[:12]


class Sessions:
    """How sessions work, and where they are kept.

    Args:
        secret_key: At least 32 characters that only your servers know, the same for all of them. It signs what a sign-in
            under way leaves in the browser. Several are tried, and the last one signs: so that one can be replaced.
        store: Where sessions are kept; memory by default, which is enough for one worker.
        idle_seconds: After how many seconds without a request a session ends; by default 30 minutes.
        absolute_seconds: How many seconds after the sign-in it ends in any case; by default 8 hours,
            at most 30 days.
        cookie: The name of the session's cookie; over https `__Host-` comes before it.
        clock: Tells the time in seconds since 1970; for tests.

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
        """Check the settings."""
        keys = [secret_key] if isinstance(secret_key, str) else list(secret_key)
        if not keys or any(len(key) < _SHORTEST_SECRET for key in keys):
            raise InvalidInputError(
                f"secret_key needs {_SHORTEST_SECRET} characters or more that nobody can guess",
                hint='python -c "import secrets; print(secrets.token_urlsafe(48))", and keep it where other secrets are',
            )
        if not _COOKIE.fullmatch(cookie):
            raise InvalidInputError(f"cookie={cookie!r}: use up to 40 letters, digits, - and _")
        self.secret_keys = tuple(Secret(key) for key in keys)
        self.store: SessionStore = MemorySessionStore() if store is None else store
        self.idle_seconds = check_seconds("idle_seconds", idle_seconds)
        self.absolute_seconds = check_seconds("absolute_seconds", absolute_seconds)
        if absolute_seconds > LONGEST_SECONDS:
            raise InvalidInputError(f"absolute_seconds={absolute_seconds}: give at most {LONGEST_SECONDS}, 30 days")
        self.cookie = cookie
        self.clock = clock

    async def start(self, user: str, browser: str) -> tuple[str, Session]:
        """Start a session, with an id that nobody has seen before.

        Args:
            user: The person's URN.
            browser: What the browser calls itself.

        Returns:
            The id, for the browser's cookie and nothing else, and the session.
        """
        session_id, now = Secret(secrets.token_urlsafe(32)), self.clock()
        session = Session(user, secrets.token_urlsafe(32), datetime.fromtimestamp(now, UTC), _key(session_id))
        record = {"user": user, "csrf": session.csrf_token, "started": now, "seen": now, "browser": _brief(browser)}
        await self.store.add(session.key, json.dumps(record), self._left(now, now), user)
        logger.info("session %s of %s started", session.name, user)
        return session_id, session

    async def find(self, session_id: str | None, browser: str) -> Session | None:
        """Find the session that a browser's cookie names, and count the request as its use.

        Args:
            session_id: What the cookie holds, whatever that is.
            browser: What the browser calls itself.

        Returns:
            The session; None where there is none, or it has ended.
        """
        if session_id is None:
            return None
        if not _ID.fullmatch(session_id):
            logger.warning("a cookie holds something that no session was ever called")
            return None
        key, now = _key(session_id), self.clock()
        record = _read(await self.store.get(key))
        if record is None:
            logger.info("there is no session %s: it has ended, or somebody made up its id", key[:12])
            return None
        session = Session(record["user"], record["csrf"], datetime.fromtimestamp(record["started"], UTC), key)
        if now - record["seen"] >= self.idle_seconds or now - record["started"] >= self.absolute_seconds:
            await self.store.remove(key, session.user)
            logger.info("session %s of %s expired", session.name, session.user)
            return None
        if record["browser"] != _brief(browser):
            # It may have been updated meanwhile. It may also be somebody else's.
            logger.warning("session %s of %s is used by another browser", session.name, session.user)
        record |= {"seen": now, "browser": _brief(browser)}
        await self.store.replace(key, json.dumps(record), self._left(record["started"], now))
        return session

    async def end(self, session: Session) -> None:
        """End a session."""
        await self.store.remove(session.key, session.user)
        logger.info("session %s of %s ended", session.name, session.user)

    async def end_all(self, user: str) -> None:
        """End all sessions of a user, in whatever browser."""
        for key in await self.store.keys_of(user):
            await self.store.remove(key, user)
            logger.info("session %s of %s ended", key[:12], user)

    async def count(self, user: str) -> int:
        """How many sessions a user has."""
        return len(await self.store.keys_of(user))

    def _left(self, started: float, now: float) -> float:
        return min(self.idle_seconds, started + self.absolute_seconds - now)


def _key(session_id: str) -> str:
    # A plain hash will do: what is hashed is 256 random bits.
    return sha256(session_id.encode()).hexdigest()


def _brief(browser: str) -> str:
    return sha256(browser.encode("utf-8", "replace")).hexdigest()[:16]


def _read(record: str | None) -> dict[str, Any] | None:
    """What a store holds, as far as it is a session."""
    try:
        found: Any = json.loads(record or "null")
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    fields = cast("dict[str, Any]", found)
    wanted = {"user": str, "csrf": str, "started": int | float, "seen": int | float, "browser": str}
    return fields if all(isinstance(fields.get(name), kind) for name, kind in wanted.items()) else None
