"""Sign-in for a web app: routes that keep every secret on the server. Needs the extra `web`, else an ImportError.

| what | where it is |
| --- | --- |
| the app's id and secret | the server |
| a person's tokens | the server's token store, under the person's URN |
| what a session is | the session store, under a hash of its id |
| the session's id | the browser, in a cookie that no script can read |
| state and PKCE verifier of a sign-in under way | the same browser, in a signed cookie, for ten minutes |

`SoundCloudRoutes` is an ASGI app of its own: mount it in Starlette, FastAPI, Litestar or whatever speaks ASGI.
"""

from importlib.util import find_spec

_missing = [name for name in ("itsdangerous", "python_multipart", "starlette") if find_spec(name) is None]
if _missing:
    raise ImportError(f"soundcloud.web needs {', '.join(_missing)}: pip install 'soundcloud-sdk[web]'")

# ruff: noqa: E402 - what they import may not be there
from soundcloud.web.errors import CsrfError, NotSignedInError
from soundcloud.web.routes import SoundCloudRoutes
from soundcloud.web.sessions import Session, Sessions
from soundcloud.web.stores import MemorySessionStore, RedisSessionStore, SessionStore

__all__ = [
    "CsrfError",
    "MemorySessionStore",
    "NotSignedInError",
    "RedisSessionStore",
    "Session",
    "SessionStore",
    "Sessions",
    "SoundCloudRoutes",
]
