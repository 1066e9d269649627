"""What the source code itself shows: signatures, decorators, and the fields that a `repr` hides."""

import ast
import inspect
from datetime import date
from importlib import import_module
from pathlib import Path

import attrs
import pytest

import soundcloud
from soundcloud._async.client import AsyncClientSettings
from soundcloud._protocol.announced.entries import ANNOUNCED
from soundcloud._sync.client import ClientSettings
from soundcloud.registry import implementations, methods_by_announcement

ROOT = Path(soundcloud.__file__).parent
FOLDERS = ("_protocol", "_transport", "_async", "caches", "stores", "web")
MODULES = {
    path: ast.parse(path.read_text(encoding="utf-8")) for name in FOLDERS for path in (ROOT / name).rglob("*.py")
}
DEPRECATED = {
    "me": ("get_activities", "get_activities_own", "get_activities_tracks", "get_follower", "get_following"),
    "reposts": ("unrepost_track",),
    "users": ("get_favorites", "get_following"),
}
HIDDEN = {
    "_async.pipeline.AsyncPipeline": "hooks token_manager sender default_headers state _first_step",
    "_async.steps.base.AsyncCall": "token",
    "_async.streams.AsyncStream": "url headers _urn _secret_token _token _options _pipeline",
    "_async.token_manager.AsyncTokenManager": "send emit client_secret refresh_provider on_refresh on_stored clock _lock "
    "_app_store _refreshes _failed",
    "_protocol.http.messages.Request": "url responses token json form headers on_progress",
    "_protocol.http.messages.Response": "headers content",
    "_protocol.media.embeds.EmbedTarget": "url oembed_url",
    "_sign_in.SignIn": "verifier",
    "_transport.base.PreparedRequest": "url headers content",
    "web.sessions.Session": "csrf_token key",
}
"""The fields that a `repr` does not show: secrets, and what would make it too long to read."""


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def decorators(function):
    return [ast.unparse(node).partition("(")[0] for node in function.decorator_list]


def test_every_argument_has_a_name_that_callers_can_use():
    found = [function.name for tree in MODULES.values() for function in functions(tree) if function.args.posonlyargs]

    assert found == []


def test_the_token_of_a_call_is_a_keyword():
    for entry in implementations():
        module = import_module(f"soundcloud._sync.namespaces.{entry.namespace}")
        method = getattr(getattr(module, f"{entry.namespace.title()}Namespace"), entry.method)
        token = inspect.signature(method).parameters.get("token")
        assert token is None or token.kind is inspect.Parameter.KEYWORD_ONLY, entry.name


def test_a_name_is_defined_twice_for_its_overloads_only():
    parents = [
        node for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.Module)
    ]
    for parent in parents:
        named = {}
        for node in parent.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named.setdefault(node.name, []).append("overload" in decorators(node))
        for name, overloads in named.items():
            assert overloads in ([False], [True] * (len(overloads) - 1) + [False]), name


@pytest.mark.parametrize(("name", "hidden"), HIDDEN.items())
def test_what_the_repr_of_a_class_hides(name, hidden):
    module, _, cls = name.rpartition(".")
    fields = attrs.fields(getattr(import_module(f"soundcloud.{module}"), cls))

    assert [field.name for field in fields if field.repr is False] == hidden.split()


def test_every_setting_is_optional():
    for settings in (ClientSettings, AsyncClientSettings):
        assert settings.__required_keys__ == frozenset()
        assert len(settings.__optional_keys__) > 30


def test_the_deprecated_methods():
    for namespace, names in DEPRECATED.items():
        cls = getattr(import_module(f"soundcloud._sync.namespaces.{namespace}"), f"{namespace.title()}Namespace")
        marked = [
            name for name, method in inspect.getmembers(cls, inspect.isfunction) if hasattr(method, "__deprecated__")
        ]
        assert marked == list(names)


def test_the_methods_that_use_what_was_announced():
    methods = methods_by_announcement()

    assert methods == {
        "get_system_playlists_urn": ["playlists.get_playlist", "playlists.get_station"],
        "get_me_likes_system_playlists": ["me.get_likes_stations"],
        "get_users_urn_likes_system_playlists": ["users.get_likes_stations"],
        "likes_of_stations": ["likes.like_playlist", "likes.unlike_playlist"],
        "resolve_of_discover_links": ["resolve.resolve", "resolve.resolve_url"],
        "station_urn": [],
        "post_disconnect": ["auth.disconnect"],
        "metadata_artist": ["tracks.update"],
        "post_me_playlists": [],
    }


def test_the_dates_of_announcements():
    for entry in ANNOUNCED:
        day = entry.source.rpartition("/")[2] if "releases" in entry.source else "2025-04-04"
        assert entry.date == date.fromisoformat(day), entry.id
