"""The pages of the views. A template of the site with the name of a page replaces it.

| template | page |
| --- | --- |
| `soundcloud/error.html` | an error |
| `soundcloud/connect.html` | asks a signed-in user whether to connect a SoundCloud account |
| `soundcloud/logout.html` | asks whether to sign out |

They get `title`, `sentence`, `status`, `links` (text and URL) and `buttons` (name, value and text); a form is posted to `action`.
"""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse

from soundcloud._protocol.html_page import complete_sentence, write_page
from soundcloud._protocol.printable import to_printable
from soundcloud._sign_in import ErrorMessage, local_path, message_for_error
from soundcloud.contrib.django.settings import load
from soundcloud.errors import SoundCloudError

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# Without form-action: Chromium applies it to the redirect to SoundCloud too.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
Links = Sequence[tuple[str, str]]
Buttons = Sequence[tuple[str, str, str]]


def login_url(target: str | None = None) -> str:
    """Return the path of the sign-in, which leads to a path of this site."""
    target = local_path(target)
    return str(reverse("soundcloud:login")) + (f"?{urlencode({'next': target}, safe='/')}" if target else "")


def page(
    request: HttpRequest,
    name: str,
    message: ErrorMessage,
    links: Links,
    *,
    action: str = "",
    buttons: Buttons = (),
) -> HttpResponse:
    """Return a page: the template `soundcloud/<name>.html` if the site has one, else a plain page."""
    sentence = to_printable(message.sentence)
    headers = {**SAFE_HEADERS, **message.headers}
    try:
        template = get_template(f"soundcloud/{name}.html")
    except TemplateDoesNotExist:
        form = ""
        if buttons:
            token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(get_token(request))}">'
            choices = " ".join(
                f'<button name="{escape(field)}" value="{escape(value)}">{escape(text)}</button>'
                for field, value, text in buttons
            )
            form = f'<form method="post" action="{escape(action)}">{token}{choices}</form>'
        anchors = "".join(f'<a href="{escape(url)}">{escape(text)}</a>' for text, url in links)
        content = write_page(message.title, sentence, good=message.status < 400, more=f"{form}<nav>{anchors}</nav>")
        headers = {"Content-Security-Policy": _POLICY, **headers}
    else:
        context = {
            "title": message.title,
            "sentence": sentence,
            "status": message.status,
            "links": [{"text": text, "url": url} for text, url in links],
            "buttons": [{"name": field, "value": value, "text": text} for field, value, text in buttons],
            "action": action,
        }
        content = template.render(context, request)
    return HttpResponse(content, status=message.status, headers=headers)


def wants_page(request: HttpRequest) -> bool:
    """Return whether the client is a browser that loads a page, not a script."""
    return "text/html" in request.headers.get("accept", "")


def respond(request: HttpRequest, message: ErrorMessage, links: Links) -> HttpResponse:
    """Return an error as a page for a browser, as JSON for a script."""
    if wants_page(request):
        return page(request, "error", message, links)
    text = f"{message.title}. {complete_sentence(message.sentence)}" if message.sentence else message.title
    error = {"status": message.status, "code": message.code, "message": text}
    return JsonResponse({"error": error}, status=message.status, headers={**SAFE_HEADERS, **message.headers})


def error_response(request: HttpRequest, error: SoundCloudError, *, quote: bool, links: Links = ()) -> HttpResponse:
    """Return the response to an error; see `message_for_error`."""
    return respond(request, message_for_error(error, quote=quote), [*links, ("To the start page", load().home)])


def sign_in_response(request: HttpRequest) -> HttpResponse:
    """Return the response to a user without a valid token: a link to the sign-in, which returns to a page that was requested."""
    target = request.get_full_path() if request.method == "GET" else None
    links = [("Sign in with SoundCloud", login_url(target)), ("To the start page", load().home)]
    message = ErrorMessage(
        401, "Sign in with SoundCloud", "This page needs your SoundCloud account", code="not_signed_in"
    )
    return respond(request, message, links)
