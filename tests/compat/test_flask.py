"""The Flask app of docs/web.md."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "web.md"
BLOCK = re.compile(r"^```python(?: no-run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SITE = "https://site.test"


@pytest.fixture
def names():
    """The names of the first snippet of the page, which makes the routes, and of the one with Flask."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    (flask,) = [block for block in blocks if "import Flask" in block]
    names = {"__name__": __name__}
    for block in (blocks[0], flask):
        exec(compile(block, str(PAGE), "exec"), names)
    yield names
    names["sandbox"].close()


def test_sign_in_and_a_like(names):
    browser, sandbox = names["flask_app"].test_client(), names["sandbox"]

    def ask(method, path, **options):
        # A buffered response is closed, as WSGI servers do.
        return browser.open(path, method=method, base_url=SITE, buffered=True, **options)

    asked = ask("GET", "/name")
    assert asked.headers["location"].startswith("/soundcloud/login?next=/name")
    login = ask("GET", asked.headers["location"])
    back = ask("GET", sandbox.approve(login.headers["location"], username="ada-night"))
    assert back.headers["location"].startswith("/name")
    assert ask("GET", "/name").text == "ada-night"

    me = ask("GET", "/soundcloud/me").json
    track = ask("GET", "/soundcloud/api/tracks?q=lofi&limit=1").json[0]["urn"]
    script = ask("GET", "/soundcloud/soundcloud.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    headers = {"X-CSRF-Token": me["csrf_token"]}
    assert ask("POST", f"/like/{track}").status_code == 403
    assert ask("POST", f"/like/{track}", data={"csrf_token": me["csrf_token"]}).text == "liked"
    assert ask("DELETE", f"/soundcloud/likes/tracks/{track}", headers=headers).status_code == 204
    assert ask("POST", "/soundcloud/logout", headers=headers).status_code == 204
    assert ask("GET", "/name").status_code == 302
