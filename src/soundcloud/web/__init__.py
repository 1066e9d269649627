"""Sign-in with SoundCloud for web apps; all secrets stay on the server. Needs the extra `web`.

| data | location |
| --- | --- |
| the app's id and secret | the server |
| a user's tokens | the server's token store, by the user's URN |
| a session | the session store, by a hash of its id |
| the session id | the browser, in a cookie that scripts cannot read |
| state and PKCE verifier of a pending sign-in | the browser, in a signed cookie, for ten minutes |

`SoundCloudRoutes` is an ASGI app: mount it in Starlette, FastAPI, Litestar or any other ASGI framework.
"""

from importlib.util import find_spec

_missing = [name for name in ("itsdangerous", "python_multipart", "starlette") if find_spec(name) is None]
if _missing:
    raise ImportError(f"soundcloud.web needs {', '.join(_missing)}: pip install 'soundcloud-sdk[web]'")

# ruff: noqa: E402 - these modules import optional dependencies
from soundcloud.web.errors import CsrfError, NotSignedInError
from soundcloud.web.events import RouteFinishedEvent
from soundcloud.web.routes import SoundCloudRoutes
from soundcloud.web.sessions import Session, Sessions
from soundcloud.web.stores import MemorySessionStore, RedisSessionStore, SessionStore

__all__ = [
    "CsrfError",
    "MemorySessionStore",
    "NotSignedInError",
    "RedisSessionStore",
    "RouteFinishedEvent",
    "Session",
    "SessionStore",
    "Sessions",
    "SoundCloudRoutes",
]
