"""The public API: exported names, import cost, and docstrings."""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import attrs
import griffe
import pytest

import soundcloud
from benchmarks.structure import frames
from soundcloud import (
    AsyncSoundCloudClient,
    Drift,
    Failure,
    Limits,
    RateLimit,
    RequestTelemetry,
    Retry,
    RetryInfo,
    SoundCloudClient,
    SoundCloudError,
    Success,
    Timeout,
    errors,
)
from soundcloud.caches import AsyncRedisCache, MemoryCache, RedisCache
from soundcloud.events import Event
from soundcloud.otel import OpenTelemetry
from soundcloud.registry import implementations, implements, methods_by_operation, namespace_classes
from soundcloud.web import MemorySessionStore, RedisSessionStore, Sessions, SoundCloudRoutes
from soundcloud_api.operations import OPERATIONS
from tools.docs_site import griffe_extension
from tools.docs_site.griffe_extension import explorer_url
from tools.openapi.document import OPENAPI_JSON, operation_id

ROOT = Path(soundcloud.__file__).parent
CLASSES = [
    cls for client in (SoundCloudClient, AsyncSoundCloudClient) for cls in (client, *namespace_classes(client).values())
]
SETTINGS = [AsyncRedisCache, Failure, Limits, MemoryCache, OpenTelemetry, RedisCache, Retry, Success, Timeout]
SETTINGS += [MemorySessionStore, RedisSessionStore, Sessions, SoundCloudRoutes]


def test_every_exported_name_exists_and_nothing_else_is_listed():
    listed = [name for names in soundcloud._NAMES_BY_MODULE.values() for name in names.split()]

    assert sorted(set(soundcloud.__all__)) == sorted(soundcloud.__all__) == dir(soundcloud)
    assert all(getattr(soundcloud, name) is not None for name in soundcloud.__all__)
    assert sorted(set(listed)) == sorted(listed)
    assert set(listed) <= set(soundcloud.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = soundcloud.Nothing


@pytest.mark.parametrize(
    ("statement", "unused"),
    [
        ("import soundcloud", ["httpx", "msgspec", "opentelemetry", "soundcloud_api", "soundcloud.sandbox"]),
        ("from soundcloud import SoundCloudClient, NotFoundError", ["httpx", "soundcloud_api.api", "starlette"]),
        ("import soundcloud_api.api.tracks", ["httpx", "soundcloud_api.api.users"]),
    ],
)
def test_imports_are_lazy(statement, unused):
    code = f"{statement}; import sys; print([name for name in {unused!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


def test_every_operation_has_a_method_in_both_clients():
    entries = [entry for entry in implementations() if entry.operation]

    assert set(methods_by_operation()) == set(OPERATIONS)
    assert [entry.name for entry in entries if not (entry.sync and entry.asynchronous)] == []
    assert [entry.name for entry in implementations() if entry.operation is None] == ["me.get_connections"]


def raised(docstring):
    """Return the names of the errors in the Raises section of a docstring."""
    section = re.search(r"^Raises:\n((?:    .*\n?)+)", docstring, re.MULTILINE)
    return set(re.findall(r"^    (\w+): ", section[1], re.MULTILINE)) if section else set()


def has_source(cls, name):
    """Return whether a method or its class names its source, or the method has one operation, whose entry is the source."""
    method = getattr(cls, name)
    named = any("Source:\n    https://" in (inspect.getdoc(each) or "") for each in (cls, method))
    return named or len(getattr(method, "__implements__", ((), ()))[0]) == 1


def missing_errors(cls, name):
    """Return the errors that neither the docstring of a namespace nor that of its method names."""
    named = raised(inspect.getdoc(cls) or "") | raised(inspect.getdoc(getattr(cls, name)) or "")
    last = "ConnectionFailedError" if cls.__name__.endswith("RawNamespace") else "SoundCloudError"
    return {"InvalidInputError", last} - named


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_docstrings_of_public_methods(cls):
    for name, member in inspect.getmembers(cls):
        if name.startswith("_") or not (inspect.isfunction(member) or isinstance(member, property)):
            continue
        docstring = inspect.getdoc(member) or ""
        assert docstring, f"{cls.__name__}.{name} has no docstring"
        if not inspect.isfunction(member) or name in {"close", "aclose", "clear_token", "set_token"}:
            continue
        for parameter in list(inspect.signature(member).parameters)[1:]:
            assert f"{parameter}:" in docstring, f"{cls.__name__}.{name} does not explain {parameter}"
        if cls not in {SoundCloudClient, AsyncSoundCloudClient}:
            assert "Example:" in docstring, f"{cls.__name__}.{name} has no example"
            sends_nothing = name == "is_signed_in"
            assert sends_nothing or has_source(cls, name), f"{cls.__name__}.{name} has no source"
            assert missing_errors(cls, name) == set(), f"{cls.__name__}.{name} and its class do not name these errors"


def test_errors_may_be_documented_in_the_class_or_in_the_method_but_not_nowhere():
    class Documented:
        """Group methods.

        Raises:
            InvalidInputError: An argument is invalid.
        """

        def complete(self):
            """Send a request.

            Raises:
                SoundCloudError: The request failed.
            """

        def incomplete(self):
            """Send a request and mention SoundCloudError: only in passing."""

    assert missing_errors(Documented, "complete") == set()
    assert missing_errors(Documented, "incomplete") == {"SoundCloudError"}


def test_the_source_may_be_an_operation_or_a_section_but_not_missing():
    class Methods:
        """Group methods."""

        @implements("get_me")
        def derived(self):
            """Send a request."""

        @implements("get_me", "get_me_feed")
        def ambiguous(self):
            """Send one of two requests."""

        @implements(beyond=("GET /me/connections",))
        def beyond(self):
            """Send a request.

            Source:
                https://example.com
            """

        def incomplete(self):
            """Send a request that has no source."""

    assert [name for name in ("derived", "ambiguous", "beyond", "incomplete") if has_source(Methods, name)] == [
        "derived",
        "beyond",
    ]


def test_the_reference_links_a_method_to_its_operation():
    tags = {
        operation_id(method, path): operation["tags"][0]
        for path, item in json.loads(OPENAPI_JSON.read_bytes())["paths"].items()
        for method, operation in item.items()
        if "tags" in operation
    }
    urls = {operation: explorer_url(operation) for operation in tags}

    assert len({*urls.values()}) == len(tags) == len(OPERATIONS) - 1  # `post_sign_out` has no tag
    assert all(f"#/{tag}/" in urls[operation] for operation, tag in tags.items())
    assert urls["get_me_recently_played_tracks"].endswith("/open-api#/me/get_me_recently-played_tracks")
    assert urls["get_tracks_track_urn_streams"].endswith("#/tracks/get_tracks__track_urn__streams")

    namespaces = griffe.load(
        "soundcloud._sync.namespaces",
        search_paths=[ROOT.parent],
        extensions=griffe.load_extensions(griffe_extension.__file__),
    )
    shown = namespaces["tracks.TracksNamespace.get_streams"].docstring.value
    guide = namespaces["tracks.TracksNamespace.get_stream"].docstring.value
    assert shown.endswith(f"[SoundCloud's documentation]({urls['get_tracks_track_urn_streams']})")
    assert guide.endswith("[SoundCloud's documentation](https://developers.soundcloud.com/docs/api/guide#playing)")


def annotations_of(path, name):
    """Return the annotations of a class, or of the arguments of its `__init__`, as source code without quotes."""
    cls = next(node for node in ast.parse(path.read_text(encoding="utf-8")).body if getattr(node, "name", None) == name)
    init = [node.args for node in cls.body if getattr(node, "name", None) == "__init__"]
    found = [(each.arg, each.annotation) for args in init for each in [*args.args[1:], *args.kwonlyargs]]
    found += [(node.target.id, node.annotation) for node in cls.body if isinstance(node, ast.AnnAssign)]
    return {name: ast.unparse(node).strip("'") for name, node in found}


@pytest.mark.parametrize(("folder", "prefix"), [("_sync", ""), ("_async", "Async")])
def test_the_type_of_the_settings_is_that_of_the_constructor(folder, prefix):
    constructor = annotations_of(ROOT / folder / "client.py", f"{prefix}SoundCloudClient")
    settings = annotations_of(ROOT / folder / "client.py", f"{prefix}ClientSettings")

    assert constructor.pop("engine") == "None"  # removed, so it is not a setting
    assert settings == constructor
    assert len(settings) > 30


@pytest.mark.parametrize("cls", SETTINGS, ids=lambda cls: cls.__name__)
def test_docstrings_of_settings(cls):
    docstring = inspect.getdoc(cls) or ""

    assert "Example:\n    >>> " in docstring
    for name in list(inspect.signature(cls).parameters):
        assert f"    {name}: " in docstring, f"{cls.__name__} does not explain {name}"
    for name, member in inspect.getmembers(cls):
        if not name.startswith("_") and inspect.isroutine(member):
            assert inspect.getdoc(member), f"{cls.__name__}.{name} has no docstring"


@pytest.mark.parametrize(
    "cls", [*get_args(Event), RateLimit, RequestTelemetry, RetryInfo, Drift], ids=lambda cls: cls.__name__
)
def test_docstrings_of_events(cls):
    docstring = inspect.getdoc(cls) or ""

    assert [field.name for field in attrs.fields(cls) if f"    {field.name}: " not in docstring] == []


def test_docstrings_of_errors():
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, SoundCloudError)]
    common = {*vars(SoundCloudError("what"))}

    assert len(classes) > 20
    for cls in classes:
        added = {*vars(cls("what"))} - (set() if cls is SoundCloudError else common)
        docstrings = "".join(inspect.getdoc(each) or "" for each in cls.__mro__ if each in classes)
        assert cls.__doc__, f"{cls.__name__} has no docstring"
        assert [name for name in added if f"    {name}: " not in docstrings] == []


def test_no_module_of_the_client_imports_httpx_when_it_is_imported():
    sources = [
        path
        for name in ("_transport", "_protocol", "_async")
        for path in (ROOT / name).rglob("*.py")
        if path.stem != "httpx_transport"
    ]

    assert [
        path for path in sources if re.search(r"^import httpx", path.read_text(encoding="utf-8"), re.MULTILINE)
    ] == []


@pytest.mark.parametrize("folder", ["", "_transport"])
def test_the_sync_variant_has_the_same_files_and_lines(folder):
    for path in (ROOT / folder / "_async").rglob("*.py"):
        variant = ROOT / folder / "_sync" / path.relative_to(ROOT / folder / "_async")

        assert len(variant.read_text(encoding="utf-8").splitlines()) == len(
            path.read_text(encoding="utf-8").splitlines()
        )


@pytest.mark.parametrize("name", ["sync", "async"])
def test_a_call_has_at_most_eight_frames_of_ours_at_the_socket(name):
    assert len(frames()[name]) <= 8
