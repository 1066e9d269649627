"""The OAuth redirect: parse its request, check its state, and build the response.

The redirect carries `code` and `state`, or `error` and possibly `error_description`, as a query or a form. SoundCloud shows most
errors on its own page, without a redirect.
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
_URL_START = re.compile(r"[a-z][a-z0-9+.-]*:|[/?]", re.IGNORECASE | re.ASCII)
_ERROR_NAME = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)
_MAXIMUM_FIELDS = 64
_MAXIMUM_DESCRIPTION = 200
_HOSTS = ("127.0.0.1", "localhost", "::1")
_ERRORS = {
    "access_denied": ("the user denied access", None),
    "invalid_request": (
        "SoundCloud rejected the request (invalid_request)",
        "the code_challenge is probably wrong: make it with generate_code_challenge(verifier), "
        "and never send the verifier itself",
    ),
    "redirect_uri_mismatch": (
        "SoundCloud does not know this redirect URI (redirect_uri_mismatch)",
        "redirect_uri must be exactly the one registered at soundcloud.com/you/apps",
    ),
}
_HEADERS = """Content-Type: text/html; charset=utf-8
Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
Cache-Control: no-store
Referrer-Policy: no-referrer
X-Content-Type-Options: nosniff
Connection: close
""".replace("\n", "\r\n")


def read_redirect(url_or_query: str, *, state: str) -> str:
    """Return the authorization code of a redirect: a URL as a user pastes it, its query, or the body of a form.

    Raises:
        SignInError: The user or SoundCloud refused, the state does not match, or there is no code. The error contains neither.
    """
    url_or_query, state = Secret(url_or_query), Secret(state)
    fields = _fields(url_or_query)
    if not fields.keys() & {"code", "state", "error"}:
        raise _not_a_redirect(url_or_query, fields)
    # An error without a state is accepted: forging one gains an attacker nothing.
    if ("state" in fields or "error" not in fields) and not _has_state(fields, state):
        raise SignInError(
            "the redirect belongs to another sign-in: its state does not match",
            hint="start again, and use the new tab",
        )
    if "error" in fields:
        raise _refusal_error(fields, state)
    codes = fields.get("code", [])
    if len(codes) > 1:
        raise SignInError("the redirect has more than one code: it was changed on its way")
    if not codes or not codes[0].strip():
        raise _not_a_redirect(url_or_query, fields)
    return str(codes[0])


def carries_state(url_or_query: str, state: str) -> bool:
    """Return whether a redirect has the state of this sign-in, exactly once."""
    return _has_state(_fields(url_or_query), state)


def loopback_address(redirect_uri: str) -> tuple[str, int, str]:
    """Return the host, port and path of a redirect URI on this machine; raise InvalidInputError for any other."""
    if not redirect_uri.isprintable() or " " in redirect_uri:
        raise _not_here(redirect_uri, "it has characters that a URL cannot have")
    try:
        parts = urlsplit(redirect_uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _not_here(redirect_uri, "it is not a valid URL") from None
    if parts.scheme != "http":
        raise _not_here(redirect_uri, "it does not begin with http://")
    if host not in _HOSTS:
        raise _not_here(redirect_uri, "its host is not 127.0.0.1, localhost or [::1]")
    if "@" in parts.netloc or "#" in redirect_uri or port == 0:
        raise _not_here(redirect_uri, "it has a user name, a fragment or port 0")
    return host, port or 80, parts.path or "/"


def make_page(status: HTTPStatus, title: str = "", *sentences: str, method: str = "GET") -> bytes:
    """Return the response to a browser, an escaped HTML page; a HEAD request gets the headers only."""
    sentences = sentences or ("This URL only receives the redirect of a sign-in",)
    page = write_page(title or status.phrase, *sentences, good=status == HTTPStatus.OK).encode()
    allow = "Allow: GET, HEAD, POST\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{_HEADERS}{allow}Content-Length: {len(page)}\r\n\r\n"
    return head.encode("ascii") + (b"" if method == "HEAD" else page)


def _not_here(redirect_uri: str, why: str) -> InvalidInputError:
    return InvalidInputError(
        f"a local server cannot receive the redirect to {redirect_uri!r}: {why}",
        hint="open the sign-in URL in a browser and paste the URL that it redirects to; "
        "or register http://127.0.0.1:8765/callback at soundcloud.com/you/apps",
    )


def _fields(url_or_query: str) -> dict[str, list[str]]:
    """Return the fields of a URL, a query or a form; an empty field counts as absent, unless it occurs twice."""
    query = url_or_query.encode("utf-8", "replace").decode()
    query = _WRAPPED.sub("", query.strip()).strip(_QUOTES + " \t")
    before, mark, after = query.partition("?")
    if mark and ("=" not in before or _URL_START.match(query)):
        query = after
    query = query.partition("#")[0]
    try:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=_MAXIMUM_FIELDS)
    except ValueError:
        return {}
    return {name: [Secret(value) for value in values] for name, values in fields.items() if values != [""]}


def _has_state(fields: Mapping[str, list[str]], state: str) -> bool:
    states = fields.get("state", [])
    if len(states) != 1 or not state:
        return False
    return hmac.compare_digest(states[0].encode(), state.encode("utf-8", "replace"))


def _not_a_redirect(url_or_query: str, fields: Mapping[str, list[str]]) -> SignInError:
    if not url_or_query.strip():
        return SignInError("the redirect is empty", hint="paste the URL that the browser shows after the sign-in")
    if fields.keys() & {"code_challenge", "response_type"}:
        return SignInError(
            "this is the URL of the sign-in page, which has no code",
            hint="open it in a browser, sign in, and paste the URL that the browser shows then",
        )
    return SignInError(
        "the redirect has no code",
        hint="paste the whole URL that the browser shows after the sign-in, with code= and state=",
    )


def _refusal_error(fields: Mapping[str, list[str]], state: str) -> SignInError:
    secrets = {secret for name in ("code", "state") for secret in fields.get(name, []) if secret} | {state}
    name, description = (_printable(fields.get(field, [""])[0], secrets) for field in ("error", "error_description"))
    if not _ERROR_NAME.fullmatch(name):
        return SignInError("SoundCloud rejected the sign-in with an invalid error code")
    message, hint = _ERRORS.get(name, (f"SoundCloud rejected the sign-in ({name})", None))
    # Any page can send a request without the state: its text would be shown as SoundCloud's.
    if description and name != "access_denied" and "state" in fields:
        message = f"{message}: {description}"
    return SignInError(message, code=name, hint=hint)


def _printable(value: str, secrets: set[str]) -> str:
    """Return a value as one short printable line; empty if it contains a secret."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    if any(secret in value or secret in line for secret in secrets if secret):
        return ""
    return line if len(line) <= _MAXIMUM_DESCRIPTION else line[: _MAXIMUM_DESCRIPTION - 1].rstrip() + "\u2026"
