"""A self-contained HTML page with the result of a sign-in."""

import re
from html import escape

_SETTING = re.compile(r"\w+=")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --paper: #f4f4f2; --card: #fff; --ink: #1c1c1a; --soft: #5c5c57; --line: #e2e2de;
  --good: #1a7f45; --bad: #b4471c; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: #161615; --card: #212120; --ink: #f0f0ec; --soft: #a9a9a2; --line: #353533; --good: #4cc27d; --bad: #f08a5d; }}
}}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }}
main {{ width: 100%; max-width: 28rem; padding: 2.5rem clamp(1.25rem, 6vw, 2rem); text-align: center; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; overflow-wrap: anywhere; }}
svg {{ width: 3.25rem; height: 3.25rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round; }}
.good {{ color: var(--good); }}
.bad {{ color: var(--bad); }}
h1 {{ margin: 1rem 0 0; font-size: 1.375rem; line-height: 1.3; text-wrap: balance; }}
p {{ margin: .75rem 0 0; color: var(--soft); text-wrap: pretty; }}
form, nav {{ margin-top: 1.5rem; }}
form {{ display: flex; flex-wrap: wrap; gap: .75rem; justify-content: center; }}
nav a + a {{ margin-left: 1.25rem; }}
a {{ color: inherit; text-underline-offset: .2em; }}
button {{ font: inherit; font-weight: 600; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; cursor: pointer;
  background: var(--ink); color: var(--card); }}
</style>
</head>
<body>
<main>
<svg class="{mood}" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/><path d="{mark}"/></svg>
<h1>{title}</h1>
{paragraphs}{more}
</main>
</body>
</html>
"""


def complete_sentence(text: str) -> str:
    """Return a text with a capital letter at its start, unless that is the name of a setting, and a full stop at its end."""
    start = text[:1] if _SETTING.match(text) else text[:1].upper()
    return start + text[1:] + ("" if text.endswith((".", "!", "?", "\u2026")) else ".")


def write_page(title: str, *sentences: str, good: bool, more: str = "") -> str:
    """Return the page as HTML: the title and the sentences are escaped, and `more` is HTML below them."""
    return _PAGE.format(
        title=escape(title),
        paragraphs="\n".join(f"<p>{escape(complete_sentence(sentence))}</p>" for sentence in sentences if sentence),
        more=f"\n{more}" if more else "",
        mood="good" if good else "bad",
        mark="M7.5 12.5l3 3 6-6.5" if good else "M12 7v6M12 16.5v.01",
    )
