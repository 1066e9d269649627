"""What comes back from SoundCloud's sign-in page with the redirect, where it can be received, and what it is answered.

The redirect carries `code` and `state`, or `error` and perhaps `error_description`, as a query or as a form. SoundCloud
refuses most wrong requests on its own page, so that nothing comes back at all.
"""

import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from soundcloud._protocol.html_page import write_page
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import InvalidInputError, SignInError

_QUOTES = "\"'`<>\u2018\u2019\u201c\u201d"
_WRAPPED = re.compile(r"\s*[\r\n]+\s*")
_STARTS_LIKE_AN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|[/?]", re.IGNORECASE | re.ASCII)
_ERROR_NAME = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)
_MOST_FIELDS = 64
_LONGEST_DESCRIPTION = 200
_HOSTS = ("127.0.0.1", "localhost", "::1")
_NAMED = {
    "access_denied": ("the person did not let the app in", None),
    "invalid_request": (
        "SoundCloud refuses the request (invalid_request)",
        "most often the code_challenge is wrong: make it with generate_code_challenge(verifier), "
        "and never send the verifier itself",
    ),
    "redirect_uri_mismatch": (
        "SoundCloud does not know this redirect URI (redirect_uri_mismatch)",
        "redirect_uri must equal, letter by letter, the one registered at soundcloud.com/you/apps",
    ),
}
_HEADERS = """Content-Type: text/html; charset=utf-8
Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
Cache-Control: no-store
Referrer-Policy: no-referrer
X-Content-Type-Options: nosniff
Connection: close
""".replace("\n", "\r\n")


def read_redirect(text_or_query: str, *, state: str) -> str:
    """Read the code that came with the redirect.

    Neither the code nor a state is ever part of an error's message.

    Args:
        text_or_query: The address that the browser ended at, as a person pastes it, or its query, or the body of a form.
        state: The state that the person was sent away with.

    Returns:
        The code; it can be used once.

    Raises:
        SignInError: The person or SoundCloud refused, the state is another, or there is no code.
    """
    text_or_query, state = Secret(text_or_query), Secret(state)
    fields = _fields(text_or_query)
    if not fields.keys() & {"code", "state", "error"}:
        raise _not_a_redirect(text_or_query, fields)
    # An error that is pasted without a state can be believed: there is nothing to win by it.
    if ("state" in fields or "error" not in fields) and not _same(fields, state):
        raise SignInError(
            "this does not belong to the sign-in that was started: it is somebody else's, or comes from an old tab",
            hint="start again, and use the tab that opens then",
        )
    if "error" in fields:
        raise _refusal(fields, state)
    codes = fields.get("code", [])
    if len(codes) > 1:
        raise SignInError("the redirect carries more than one code: something has changed it on its way")
    if not codes or not codes[0].strip():
        raise _not_a_redirect(text_or_query, fields)
    return str(codes[0])


def carries_state(text_or_query: str, state: str) -> bool:
    """Whether a redirect carries the state of this sign-in, exactly once."""
    return _same(_fields(text_or_query), state)


def loopback_address(redirect_uri: str) -> tuple[str, int, str]:
    """Find where a redirect to this machine arrives.

    Args:
        redirect_uri: The redirect URI, as it is registered.

    Returns:
        The host, the port and the path.

    Raises:
        InvalidInputError: A program on this machine cannot receive that redirect.
    """
    if not redirect_uri.isprintable() or " " in redirect_uri:
        raise _not_here(redirect_uri, "it has characters that an address cannot have")
    try:
        parts = urlsplit(redirect_uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _not_here(redirect_uri, "it is not a valid address") from None
    if parts.scheme != "http":
        raise _not_here(redirect_uri, "it does not begin with http://, which is all that a program here can receive")
    if host not in _HOSTS:
        raise _not_here(redirect_uri, "it leads to another machine; only 127.0.0.1, localhost and [::1] are this one")
    if "@" in parts.netloc or "#" in redirect_uri or port == 0:
        raise _not_here(redirect_uri, "it has a user name, a fragment or port 0, which no redirect can have")
    return host, port or 80, parts.path or "/"


def make_page(status: HTTPStatus, title: str = "", *sentences: str, method: str = "GET") -> bytes:
    """Make the reply to a browser: a page, with everything in it escaped.

    Args:
        status: The status of the reply.
        title: What happened; the status in words when not given.
        sentences: What to do about it; what is not a whole sentence becomes one.
        method: The method of the request: `HEAD` gets the headers alone.

    Returns:
        The bytes of the reply.
    """
    sentences = sentences or ("This address receives the redirect of one sign-in, and nothing else",)
    page = write_page(title or status.phrase, *sentences, good=status == HTTPStatus.OK).encode()
    allow = "Allow: GET, HEAD, POST\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{_HEADERS}{allow}Content-Length: {len(page)}\r\n\r\n"
    return head.encode("ascii") + (b"" if method == "HEAD" else page)


def _not_here(redirect_uri: str, why: str) -> InvalidInputError:
    return InvalidInputError(
        f"the redirect to {redirect_uri!r} cannot be received here: {why}",
        hint="sign in by pasting: open the sign-in address in a browser and paste the address that it ends at; "
        "or register http://127.0.0.1:8765/callback at soundcloud.com/you/apps",
    )


def _fields(text_or_query: str) -> dict[str, list[str]]:
    """The fields of an address, a query or a form; one that is empty counts as absent, unless it is there twice."""
    text = text_or_query.encode("utf-8", "replace").decode()
    text = _WRAPPED.sub("", text.strip()).strip(_QUOTES + " \t")
    before, mark, after = text.partition("?")
    if mark and ("=" not in before or _STARTS_LIKE_AN_ADDRESS.match(text)):
        text = after
    text = text.partition("#")[0]
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: [Secret(value) for value in values] for name, values in fields.items() if values != [""]}


def _same(fields: Mapping[str, list[str]], state: str) -> bool:
    states = fields.get("state", [])
    if len(states) != 1 or not state:
        return False
    return hmac.compare_digest(states[0].encode(), state.encode("utf-8", "replace"))


def _not_a_redirect(text: str, fields: Mapping[str, list[str]]) -> SignInError:
    if not text.strip():
        return SignInError("nothing came back", hint="paste the address that the browser ends at after the sign-in")
    if fields.keys() & {"code_challenge", "response_type"}:
        return SignInError(
            "this is the address of the sign-in page itself; there is no code in it",
            hint="open it in a browser, sign in, and paste the address that the browser ends at",
        )
    return SignInError(
        "there is no code in what came back",
        hint="the address that the browser ends at after the sign-in has code= and state= in it; all of it is needed",
    )


def _refusal(fields: Mapping[str, list[str]], state: str) -> SignInError:
    secrets = {secret for name in ("code", "state") for secret in fields.get(name, []) if secret} | {state}
    name, description = (_printable(fields.get(field, [""])[0], secrets) for field in ("error", "error_description"))
    if not _ERROR_NAME.fullmatch(name):
        return SignInError("SoundCloud refuses the sign-in, with an error that cannot be shown")
    message, hint = _NAMED.get(name, (f"SoundCloud refuses the sign-in ({name})", None))
    if description and name != "access_denied":
        message = f"{message}: {description}"
    return SignInError(message, code=name, hint=hint)


def _printable(text: str, secrets: set[str]) -> str:
    """One short line of text; nothing when a secret stands in it."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if any(secret in text or secret in line for secret in secrets if secret):
        return ""
    return line if len(line) <= _LONGEST_DESCRIPTION else line[: _LONGEST_DESCRIPTION - 1].rstrip() + "\u2026"
