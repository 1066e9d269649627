"""HTML pages with escaped values and a light and a dark scheme; they use no scripts and no other hosts."""

from html import escape
from string import Template

from soundcloud.sandbox.http.messages import Response

_DOCUMENT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>$title</title><style>$style</style></head>
<body>$body</body></html>
"""
_STYLE = """
:root { color-scheme: light dark; --page: #f2f2f2; --card: #fff; --text: #222; --quiet: #5f5f5f; --line: #d9d9d9;
  --accent: #c43e00; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #161616; --card: #222; --text: #eee; --quiet: #a6a6a6; --line: #3d3d3d; --accent: #ff8a50;
    --on-accent: #1c0900; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
small, .quiet { color: var(--quiet); font-size: .875rem; }
code { font: .875em ui-monospace, monospace; }
select, input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: .4rem; padding: .6rem; }
button { cursor: pointer; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
"""


class Html(str):
    """A string of HTML, which is not escaped again."""

    __slots__ = ()


def fill(template: str, **values: object) -> Html:
    """Replace the placeholders of a template, such as `$name`; all values but `Html` are escaped."""
    escaped = {name: value if isinstance(value, Html) else escape(str(value)) for name, value in values.items()}
    return Html(Template(template).substitute(escaped))


def join(parts: "list[Html]") -> Html:
    """Concatenate HTML."""
    return Html("".join(parts))


def make_page(title: str, body: Html, style: str, *, status: int = 200, sources: str = "") -> Response:
    """Make a page that is not cached, framed or sent as a referrer; `sources` extends the content security policy."""
    content = fill(_DOCUMENT, title=title, style=Html(_STYLE + style), body=body)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'{sources}"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Response(content, status, headers, "text/html; charset=utf-8")
