"""The snippets of docs/django.md with Authlib sign in against the sandbox."""

import asyncio
import re
from pathlib import Path

import httpx2
import pytest

from soundcloud.sandbox import Sandbox

DOCS = Path(__file__).parents[2] / "docs"
ORIGIN = "http://localhost"


@pytest.fixture
def sandbox():
    with Sandbox(redirect_uri=f"{ORIGIN}/callback") as sandbox:
        yield sandbox


@pytest.fixture
def snippet(sandbox, monkeypatch):
    """A function that runs the snippet of a framework, with a text of it replaced, and returns its names."""
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", sandbox.client_secret)
    page = (DOCS / "django.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python no-run\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    def run(framework, without=""):
        (code,) = [block for block in blocks if f"authlib.integrations.{framework}_client" in block]
        code = code.replace("https://secure.soundcloud.com", sandbox.auth_url)
        code = code.replace("https://api.soundcloud.com", sandbox.api_url)
        assert without in code
        names = {}
        exec(compile(code.replace(without, "") if without else code, "docs/django.md", "exec"), names)
        return names

    return run


def starlette_visit(names, sandbox):
    """Sign in and return the last response."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.sessions import SessionMiddleware
    from starlette.routing import Route

    sessions = Middleware(SessionMiddleware, secret_key="not-very-secret")
    routes = [Route("/login", names["login"]), Route("/callback", names["callback"])]
    app = Starlette(routes=routes, middleware=[sessions])

    async def visit():
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as browser:
            login = await browser.get("/login")
            return (await browser.get(sandbox.approve(login.headers["location"]))).text

    return asyncio.run(visit())


def flask_visit(names, sandbox):
    """Sign in and return the last response."""
    from flask import Flask

    app = Flask("site")
    app.secret_key = "not-very-secret"
    names["oauth"].init_app(app)
    app.add_url_rule("/login", view_func=names["login"])
    app.add_url_rule("/callback", view_func=names["callback"])
    app.testing = True
    with app.test_client() as browser:
        login = browser.get("/login")
        return browser.get(sandbox.approve(login.headers["location"]).removeprefix(ORIGIN)).text


VISITS = {"starlette": starlette_visit, "flask": flask_visit}


@pytest.mark.parametrize("framework", list(VISITS))
def test_authlib(snippet, sandbox, framework):
    assert re.fullmatch(r"soundcloud:users:\d+", VISITS[framework](snippet(framework), sandbox))
    assert sandbox.token_requests() == {"authorization_code": 1}


@pytest.mark.parametrize("framework", list(VISITS))
@pytest.mark.parametrize(
    "setting", ['"code_challenge_method": "S256", ', ', "token_endpoint_auth_method": "client_secret_post"']
)
def test_both_settings_are_needed(snippet, sandbox, framework, setting):
    """If this fails, Authlib or SoundCloud has changed: the page says too much."""
    with pytest.raises(Exception, match=r"invalid_request|invalid_client|rejects this URL"):
        VISITS[framework](snippet(framework, setting), sandbox)

    assert "authorization_code" not in sandbox.token_requests()
