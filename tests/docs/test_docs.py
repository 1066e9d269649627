"""The pages of docs/: snippets run in order against the sandbox; links, tables and diagrams are correct."""

import codeop
import inspect
import json
import logging
import re
from pathlib import Path
from typing import get_args

import attrs
import httpx
import pytest

import soundcloud
from soundcloud import (
    Failure,
    Limits,
    Page,
    RequestTelemetry,
    Retry,
    RetryInfo,
    SoundCloudClient,
    Success,
    Timeout,
    errors,
)
from soundcloud._protocol import retry
from soundcloud._protocol.environment import NAMES
from soundcloud._sign_in import Code
from soundcloud.events import Event
from soundcloud.registry import namespace_classes
from soundcloud.sandbox import Sandbox
from soundcloud.web import Sessions, SoundCloudRoutes
from soundcloud.web.actions import ACTIONS, action_routes
from tests.helpers.snippets import FENCE, snippets

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# Snippets that need a user, a browser, a loudspeaker, a keyring, Redis or pytest, each by one of its lines.
NOT_RUN = {
    # tests/web/test_django.py and tests/compat run them, or sites with the same settings.
    "django.md": [
        "SOUNDCLOUD = {",
        "async def async_likes(request):",
        "SOCIALACCOUNT_STORE_TOKENS = True  # for client_for",
        "from soundcloud.contrib.allauth import client_for",
        "AUTHENTICATION_BACKENDS = [",
        "from soundcloud.contrib.social.django import client_for",
        "from authlib.integrations.starlette_client import OAuth",
        "from authlib.integrations.flask_client import OAuth",
    ],
    "from-soundcloud-2015.md": ['track = client.get("/resolve", url="https://soundcloud.com/forss/flickermood")'],
    "get-started.md": ["        client.auth.login()  # opens the browser, and stores the token in the file"],
    # tests/compat/test_players.py runs it in JupyterLab and in marimo.
    "notebooks.md": ["task = asyncio.create_task(play_all())  # task.cancel() ends it"],
    "playback.md": ['subprocess.run(["mpv", stream.url])  # or: ffplay -nodisp -autoexit, vlc'],
    # Needs Docker.
    "sandbox-containers.md": ["from testcontainers.core.container import DockerContainer"],
    "signing-in.md": [
        "    client.auth.login()  # later runs find the token in the file",
        "client.auth.login(paste=True)",
    ],
    "token-stores.md": ["with SoundCloudClient.from_env(token_store=redis_store) as client:"],
    # tests/compat runs those of both pages.
    "telemetry.md": [
        "from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor",
        "import sentry_sdk",
        "import logfire",
    ],
    "testing.md": [
        "async def test_me(async_soundcloud_client: AsyncSoundCloudClient) -> None:",
        '@mark.soundcloud(dataset="dataset.json", user="bo")',
        "def environment(soundcloud_sandbox: Sandbox, monkeypatch: MonkeyPatch) -> None:",
        "import respx",
        "from pytest_httpx import HTTPXMock",
        "import pook",
        "@mark.vcr",
        "from pytest_socket import SocketBlockedError",
    ],
    # tests/compat/test_flask.py runs the first one.
    "web.md": ["flask_app = Flask(__name__)", "    token_store=AsyncRedisTokenStore.from_url(redis),"],
}


def table_after(page, heading):
    """Return the rows of the first table below a heading, as lists of cells."""
    section = PAGES[page].partition(f"\n{heading}\n")[2]
    table = re.search(r"(?:^\|.*\|\n)+", section, re.MULTILINE)
    assert table, f"{page} has no table below {heading!r}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def without_numbers(text):
    return re.sub(r"\d{5,}", "N", text)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A temporary working directory and an empty environment for the snippets."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.setenv(name, "")
    # The root logger too, because Litestar (web.md) adds a handler to it.
    before = [(logger, logger.level, [*logger.handlers]) for logger in (logging.getLogger("soundcloud"), logging.root)]
    yield tmp_path
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.mark.parametrize("page", PAGES)
def test_every_snippet_runs(page, elsewhere, retrying, capsys):
    namespace = {"__name__": "__main__"}  # Litestar looks for the module of a function
    try:
        for mark, code, line in snippets(PAGES[page]):
            if mark == "":
                exec(compile("\n" * line + code, f"docs/{page}", "exec"), namespace)
    finally:
        for value in [*namespace.values()]:
            if isinstance(value, Sandbox | SoundCloudClient):
                value.close()

    # The shown output is printed; the ids depend on the dataset.
    printed = without_numbers(capsys.readouterr().out)
    shown = [
        without_numbers(text)
        for language, words, text in FENCE.findall(PAGES[page])
        if language == "text" and not words
    ]
    assert [text for text in shown if text not in printed] == []

    # The first snippet starts the sandbox, which the others need.
    run = [code for mark, code, _ in snippets(PAGES[page]) if mark == ""]
    assert not run or run[0].startswith("from soundcloud.sandbox import Sandbox\n")


@pytest.mark.parametrize("page", PAGES)
def test_snippets_that_do_not_run_are_listed_and_compile(page):
    skipped = [code for mark, code, _ in snippets(PAGES[page]) if mark]

    assert {mark for mark, _, _ in snippets(PAGES[page])} <= {"", "no-run"}
    assert len(skipped) == len(NOT_RUN.get(page, []))
    for code, line in zip(skipped, NOT_RUN.get(page, []), strict=True):
        assert line in code.splitlines()
        compile(code, f"docs/{page}", "exec")


@pytest.mark.parametrize("page", PAGES)
def test_every_snippet_can_be_pasted_into_a_repl(page):
    """Up to Python 3.12 an empty line ends a block in the REPL, and only an empty line. Longer classes belong into a file."""
    for _, code, before in snippets(PAGES[page]):
        if "\n\n    def " in code:
            continue
        statement: list[str] = []
        for number, line in enumerate([*code.splitlines(), ""], before + 1):
            statement.append(line)
            try:
                if codeop.compile_command("\n".join(statement), f"docs/{page}:{number}"):
                    statement.clear()
            except SyntaxError as error:
                pytest.fail(f"docs/{page}:{number}: {error.msg}: {line}")
        assert not "".join(statement).strip(), f"docs/{page}: the last block needs an empty line: {statement}"


def test_the_first_page_says_when_a_block_needs_an_empty_line():
    last_lines = [code.rstrip().splitlines()[-1] for _, code, _ in snippets(PAGES["get-started.md"])]
    introduction, _, _ = PAGES["get-started.md"].partition("\n```python")

    assert [line for line in last_lines if line.startswith(" ")] != []
    assert "press Enter once more" in " ".join(introduction.split())


def test_the_listed_pages_exist():
    assert NOT_RUN.keys() <= PAGES.keys()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    text = re.sub(r"<!-- site: .*? -->", "", PAGES[page])  # tests/docs/test_site.py checks these links
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text) + re.findall(r'(?:src|srcset)="(images/[^"]+)"', text)

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_diagram_names_its_participants(page):
    for language, _, diagram in FENCE.findall(PAGES[page]):
        if language != "mermaid":
            continue
        first, *lines = [line.strip() for line in diagram.splitlines()]
        speakers = {match[1] for line in lines if (match := re.match(r"(?:participant|actor) (\w+) as ", line))}
        arrows = [re.match(r"(\w+)-{1,2}>>(\w+): .", line) for line in lines]

        assert first == "sequenceDiagram"
        assert {name for arrow in arrows if arrow for name in arrow.groups()} == speakers
        # Other lines than arrows are one of these; Mermaid ends a statement at a semicolon.
        assert all(
            arrow or re.match(r"participant |actor |Note over ", line)
            for arrow, line in zip(arrows, lines, strict=True)
        )
        assert ";" not in diagram
        assert "#" not in diagram


@pytest.fixture(scope="module")
def operations():
    document = json.loads((ROOT / "tools" / "openapi.json").read_text(encoding="utf-8"))
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method.upper() in METHODS
    }


@pytest.fixture(scope="module")
def token_table():
    """Return the operations that work with an app token, and those that need a user token."""
    app, person = [], []
    for paths, with_app, with_person in table_after("tokens.md", "## What needs a user token"):
        for path in quoted(paths):
            for cell, operations in ((with_app, app), (with_person, person)):
                operations += [(method.strip(), path) for method in cell.split(",") if method.strip()]
    return app, person


def test_every_operation_is_in_one_list_of_the_token_table(operations, token_table):
    app, person = token_table

    assert sorted(app + person) == sorted(operations)


def test_the_token_table_follows_the_rule(token_table):
    app, person = token_table

    assert [(method, path) for method, path in app if method != "GET" or path.split("/")[1] == "me"] == [
        ("POST", "/sign-out")
    ]
    assert [(method, path) for method, path in person if method == "GET" and path.split("/")[1] != "me"] == []


def test_the_sandbox_agrees_with_the_token_table(token_table):
    app, person = token_table
    refused = set()
    with Sandbox() as sandbox:
        with SoundCloudClient(
            sandbox.client_id, sandbox.client_secret, base_url=sandbox.api_url, auth_url=sandbox.auth_url
        ) as client:
            track = client.search.tracks("a", limit=1).collection[0]
            names = {"track": track.urn, "user": track.user.urn, "follower": track.user.urn}
            names |= {"playlist": client.search.playlists("a", limit=1).collection[0].urn}
            names |= {"following": client.users.get_followings(track.user).collection[0].urn}
            with httpx.Client(
                base_url=sandbox.api_url, headers={"Authorization": f"OAuth {client.access_token}"}
            ) as http:
                # The sign-out comes last, because it revokes the token.
                for method, path in sorted(app + person, key=lambda operation: operation[1] == "/sign-out"):
                    target = re.sub(r"\{(\w+)_urn\}", lambda found: names.get(found[1], "soundcloud:things:1"), path)
                    query = {"url": track.permalink_url} if path == "/resolve" else {}
                    if http.request(method, target, params=query).status_code == 401:
                        refused.add((method, path))

    assert refused == set(person)


def test_the_table_of_the_environment_is_complete():
    rows = table_after("signing-in.md", "## Configure a client by environment variables")

    assert {quoted(variable)[0]: quoted(argument)[0] for variable, argument, _ in rows} == NAMES


def columns(page, heading):
    """Return the quoted names in the first column of a table."""
    return [name for row in table_after(page, heading) for name in quoted(row[0])]


def fields(cls):
    return [field.name for field in attrs.fields(cls)]


def test_the_table_of_deprecated_methods_is_complete():
    namespaces = namespace_classes(SoundCloudClient)
    messages = {
        f"{namespace}.{name}": method.__deprecated__
        for namespace, cls in namespaces.items()
        for name, method in vars(cls).items()
        if hasattr(method, "__deprecated__")
    }
    rows = table_after("versions.md", "## Deprecation")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert [name for row in rows for name in quoted(row[0])] == sorted(messages)
    for (name,), replacement in ((quoted(row[0]), row[1]) for row in rows):
        assert (quoted(replacement) or ["no replacement"])[0] in messages[name]
        assert f"`{name}`" in changelog.partition("### Deprecated")[2]


def test_the_tree_of_errors_is_that_of_the_module():
    """The page shows the names and the statuses of the tree in errors.py."""
    tree = (errors.__doc__ or "").partition("\n\n")[2].strip()
    statuses = re.sub(r"(?<=[\w)]) {2,}(\dxx|\d{3}(?:, \d{3})*(?: or \d{3})?).*$", r": \1", tree, flags=re.MULTILINE)
    names = re.sub(r"(?<=[\w)]) {2,}.*$", "", statuses, flags=re.MULTILINE)

    assert f"\n```\n{names}\n```\n" in PAGES["errors.md"]


def test_the_table_of_retries_is_that_of_the_decision():
    table = "\n".join(line for line in retry.__doc__.splitlines() if line.startswith("|"))

    assert f"\n{table}\n" in PAGES["errors-and-retries.md"]


def test_the_tables_of_settings_are_complete():
    assert columns("errors-and-retries.md", "## Retry") == fields(Retry)
    assert columns("errors-and-retries.md", "## Timeout") == fields(Timeout)
    assert columns("caching-and-concurrency.md", "## Connections") == fields(Limits)
    members = {f"{name}()" if name == "result" else name for name in dir(Success) if not name.startswith("_")}
    assert {*columns("caching-and-concurrency.md", "### Outcomes")} == members
    assert {name for name in dir(Failure) if not name.startswith("_")} == {*members, "result"} - {"result()"}
    for row in table_after("errors-and-retries.md", "## Retry"):
        default = attrs.fields_dict(Retry)[quoted(row[0])[0]].default
        assert float(row[1].strip("`").replace("False", "0")) == default


def test_the_tables_of_the_web_routes_are_complete():
    routes = {route for name in columns("web.md", "## Mount the routes") for route in [name.split("?")[0]]}
    settings = inspect.signature(Sessions).parameters

    assert routes == {
        "GET /login",
        "GET /callback",
        "POST /callback",
        "GET /logout",
        "POST /logout",
        "GET /me",
        "GET /api/...",
        "POST /likes/tracks/{urn}",
        "DELETE /likes/tracks/{urn}",
        "GET /soundcloud.js",
        "GET /soundcloud.d.ts",
    }
    documented = {
        (quoted(row[0])[0], path): [name for name in quoted(row[1]) if name in {"POST", "DELETE"}]
        for row in table_after("web.md", "## Actions")
        for path in quoted(row[1])
        if path.startswith("/")
    }
    found = {
        (action, path): methods
        for action in ACTIONS
        for path, methods, _ in action_routes([action], SoundCloudRoutes.client)
    }
    assert documented == found
    assert columns("web.md", "## Several workers") == [*settings]


def test_the_table_of_error_codes_is_complete():
    assert sorted(columns("web.md", "### Errors")) == sorted(get_args(Code))


def test_the_tables_of_telemetry_are_complete():
    rows = table_after("telemetry.md", "### Fields of on_request and on_retry")

    assert {name for row in rows for name in quoted(row[0])} == {*fields(RequestTelemetry)}
    assert {name for row in rows for name in quoted(row[2])} == {*fields(RetryInfo)}
    assert {*columns("telemetry.md", "### Events")} == {event.__name__ for event in get_args(Event)}


def error_classes():
    """Return the classes of errors.py, the root first."""
    return [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]


def test_every_error_is_described():
    places = re.findall(r"^## (\w+)\n\n((?:.+\n)+)", PAGES["errors.md"], re.MULTILINE)

    assert [name for name, _ in places] == [cls.__name__ for cls in error_classes()]
    for name, text in places:
        assert re.findall(r"^- \*\*(.+?):\*\* \S", text, re.MULTILINE) == ["What happened", "Why", "What to do"], name


@pytest.mark.parametrize("cls", error_classes(), ids=lambda cls: cls.__name__)
def test_every_error_links_to_its_description(cls):
    assert f"See docs/errors.md#{cls.__name__.lower()}." in cls.__doc__


def test_the_methods_of_the_migration_pages_exist():
    pages = "\n".join(PAGES[page] for page in PAGES if page.startswith("from-"))
    rows = [line.strip("|").split("|") for line in pages.splitlines() if line.startswith("| `")]
    named = [found for row in rows for found in re.findall(r"`(?:client\.(?=\w+\.))?(\w+)\.(\w+)\(", row[1])]

    owners = {**namespace_classes(SoundCloudClient), "client": SoundCloudClient, "page": Page, "soundcloud": soundcloud}
    assert len(named) > 70
    assert [f"{owner}.{name}" for owner, name in named if not hasattr(owners[owner], name)] == []
