"""What a request is refused with. Starlette, FastAPI and Litestar answer these by themselves, with their status.

HTTPException
├── NotSignedInError     401, nobody is signed in with this browser, or not any more
└── CsrfError            403, the request may come from somebody else's page
"""

from collections.abc import Mapping

from starlette.exceptions import HTTPException


class NotSignedInError(HTTPException):
    """Nobody is signed in with this browser.

    Args:
        ended: Whether somebody was, until the session ended or SoundCloud took back the permission.
        headers: Headers for the answer: they make the browser forget the cookie of a session that has ended.
    """

    def __init__(self, *, ended: bool = False, headers: Mapping[str, str] | None = None) -> None:
        """Say which of the two it is."""
        super().__init__(401, "your session has ended: sign in again" if ended else "sign in first", headers)
        self.ended = ended


class CsrfError(HTTPException):
    """A request that changes something may come from somebody else's page, so nothing was changed.

    Args:
        reason: What speaks for it.
    """

    def __init__(self, reason: str) -> None:
        """Say what speaks for it."""
        super().__init__(403, f"this request was not sent from a page of this site: {reason}")
