"""The pytest plugin, in separate runs: fresh data for each test, signed-in clients, no imports without its fixtures."""

import json
import os
import re
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent.parent
STRICT = ["--strict-markers", "--strict-config", "-W", "error", "-p", "soundcloud.sandbox.pytest_plugin"]


@pytest.fixture
def run(pytester, monkeypatch):
    """Return a function that runs pytest with this plugin and the given ones only."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path if folder))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run_pytest(source, *arguments):
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(*STRICT, *arguments)

    return run_pytest


def test_the_data_is_reset_before_each_test(run):
    result = run(
        """
        import pytest

        urls = set()

        @pytest.mark.parametrize("number", range(3))
        def test_likes(soundcloud_client, soundcloud_sandbox, number):
            urls.add(soundcloud_sandbox.api_url)
            assert len(urls) == 1
            assert soundcloud_client.me.get_me().permalink == "ada-night"
            assert "Mine" not in [item.title for item in soundcloud_client.me.get_playlists()]
            soundcloud_client.playlists.create(title="Mine")
            assert "Mine" in [item.title for item in soundcloud_client.me.get_playlists()]
            assert soundcloud_sandbox.token_requests() == {}
            # Expired tokens are refreshed.
            soundcloud_sandbox.expire_tokens()
            assert soundcloud_client.me.get_me().permalink == "ada-night"
        """
    )
    result.assert_outcomes(passed=3)


ASYNC_TEST = """
    async with async_soundcloud_client as client:
        assert (await client.me.get_me()).permalink == "ada-night"
        titles = [item.title async for item in await client.me.get_playlists()]
        assert "Mine" not in titles
        await client.playlists.create(title="Mine")
        assert soundcloud_sandbox.api_url in repr(client)
"""


ASYNCIO = ["-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function"]
with_asyncio = pytest.mark.skipif(find_spec("pytest_asyncio") is None, reason="SKIPPED: pip install pytest-asyncio")


@pytest.mark.parametrize(
    ("head", "arguments"),
    [
        ("import pytest\npytestmark = pytest.mark.anyio\n", ["-p", "anyio"]),
        pytest.param("import pytest\npytestmark = pytest.mark.asyncio\n", ASYNCIO, marks=with_asyncio),
        pytest.param("", [*ASYNCIO, "--asyncio-mode=auto"], marks=with_asyncio),
    ],
    ids=["anyio", "asyncio", "asyncio-auto"],
)
def test_the_async_client_with_each_plugin(run, head, arguments):
    tests = "".join(
        f"async def test_{name}(async_soundcloud_client, soundcloud_sandbox):{ASYNC_TEST}\n" for name in ("one", "two")
    )
    result = run(head + tests, *arguments)
    # anyio runs each test on asyncio and on trio.
    result.assert_outcomes(passed=4 if "anyio" in arguments else 2)


def test_the_examples_of_the_documentation(run, pytester):
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    first, second, third = re.findall(r"^```python no-run\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[:3]
    dataset = {"users": [{"permalink": "ada"}, {"permalink": "bo"}]}
    (pytester.path / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")

    run(f"{first}\n\n{second}\n\n{third}", "-p", "anyio").assert_outcomes(passed=6)


def test_unused_async_clients_hold_no_resources(run):
    result = run("def test_nothing(async_soundcloud_client): pass")
    result.assert_outcomes(passed=1)


def test_markers(run, pytester):
    dataset = {"users": [{"permalink": "solo"}, {"permalink": "duo"}]}
    (pytester.path / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    result = run(
        """
        import pytest

        @pytest.mark.soundcloud(dataset="dataset.json")
        class TestOwn:
            def test_first_of_the_file(self, soundcloud_client, soundcloud_sandbox):
                assert soundcloud_sandbox.usernames() == ["solo", "duo"]
                assert soundcloud_client.me.get_me().permalink == "solo"

            @pytest.mark.soundcloud(user="duo")
            def test_another_user(self, soundcloud_client):
                assert soundcloud_client.me.get_me().permalink == "duo"

            @pytest.mark.soundcloud(seed=3)
            def test_another_dataset(self, soundcloud_client):
                assert soundcloud_client.me.get_me().permalink == "ada-night"

        @pytest.mark.soundcloud(dataset={"users": [{"permalink": "here"}]})
        def test_an_object(soundcloud_client):
            assert soundcloud_client.me.get_me().permalink == "here"

        newest = {}

        @pytest.mark.parametrize("seed", [7, pytest.param(3, marks=pytest.mark.soundcloud(seed=3)), 7])
        def test_seeds(soundcloud_client, seed):
            title = soundcloud_client.search.tracks("").collection[0].title
            assert newest.setdefault(seed, title) == title
            assert len(set(newest.values())) == len(newest)

        def test_back_again(soundcloud_client):
            assert soundcloud_client.me.get_me().permalink == "ada-night"
        """
    )
    result.assert_outcomes(passed=8)


def test_the_configuration(run, pytester):
    dataset = {"users": [{"permalink": "solo"}, {"permalink": "duo"}]}
    (pytester.path / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    pytester.makeini("[pytest]\nsoundcloud_dataset = dataset.json\nsoundcloud_user = duo\nsoundcloud_seed = 5\n")
    result = run(
        """
        import pytest

        def test_it(soundcloud_client):
            assert soundcloud_client.me.get_me().permalink == "duo"

        @pytest.mark.soundcloud(user="solo")
        def test_the_marker_overrides_it(soundcloud_client):
            assert soundcloud_client.me.get_me().permalink == "solo"
        """
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("mark", "ini", "message"),
    [
        ("sead=1", "", "*takes seed=, dataset= and user=, not sead*"),
        ("1", "", "*takes seed=, dataset= and user=, not positional arguments*"),
        ("user='nobody'", "", "*there is no user 'nobody' in the sandbox*"),
        ("dataset={'users': []}", "", "*users: a dataset needs at least one user*"),
        ("", "soundcloud_seed = x", "*soundcloud_seed='x' is not a whole number*"),
    ],
)
def test_invalid_options_are_reported(run, pytester, mark, ini, message):
    pytester.makeini(f"[pytest]\n{ini}\n")
    result = run(f"import pytest\n@pytest.mark.soundcloud({mark})\ndef test_it(soundcloud_client): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    assert "Traceback" not in result.stdout.str()


def test_unused_plugins_import_and_start_nothing(run):
    result = run(
        """
        import sys
        import threading

        def test_it():
            heavy = {"httpx", "starlette", "uvicorn", "sqlite3", "anyio", "soundcloud_api", "soundcloud._sync"}
            assert heavy & sys.modules.keys() == set()
            assert len(threading.enumerate()) == 1
        """
    )
    result.assert_outcomes(passed=1)


def test_the_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module = import_module(project["entry-points"]["pytest11"]["soundcloud_sandbox"])
    for name in ("soundcloud_sandbox", "soundcloud_client", "async_soundcloud_client"):
        assert hasattr(module, name)


def test_markers_and_fixtures_have_descriptions(run):
    result = run("", "--markers")
    result.stdout.fnmatch_lines(["*soundcloud(seed=None, dataset=None, user=None)*"])
    result = run("", "--fixtures")
    result.stdout.fnmatch_lines(["soundcloud_sandbox*", "*A sandbox that is reset before each test*"])
