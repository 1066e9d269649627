"""Request bodies of limited size."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
_FORMS = (FORM, "multipart/form-data")
_MAX_BYTES = 16 * 1024


def is_form(headers: Headers) -> bool:
    """Return whether the body is a form."""
    return headers.get("content-type", "").startswith(_FORMS)


async def read_body(request: Request) -> bytes:
    """Return the body; reject one that is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BYTES:
            raise HTTPException(413, "the body is too large")
    return body
