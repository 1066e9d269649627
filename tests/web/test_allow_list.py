"""The allow list of API paths for scripts."""

import pytest

from soundcloud.errors import InvalidInputError
from soundcloud.web.proxy import AllowList

STATION = "soundcloud:system-playlists:track-stations:308946187"


@pytest.mark.parametrize(
    ("template", "path", "operation"),
    [
        ("/system-playlists/{urn}", f"/system-playlists/{STATION}", "get_system_playlists_urn"),
        ("/me/likes/system-playlists", "/me/likes/system-playlists", "get_me_likes_system_playlists"),
        (
            "/users/{urn}/likes/system-playlists",
            "/users/soundcloud:users:1/likes/system-playlists",
            "get_users_urn_likes_system_playlists",
        ),
    ],
)
def test_announced_paths_are_accepted(template, path, operation):
    found = AllowList([template]).operation(path, [("limit", "2")])

    assert found is not None
    assert (found.id, found.method) == (operation, "GET")
    assert found.query == {"limit": "2"}


@pytest.mark.parametrize("path", ["/resolve", "/tracks/{track_urn}/preview"])
def test_redirects_are_not_advised(path):
    with pytest.raises(InvalidInputError, match="SoundCloud answers it with a redirect") as caught:
        AllowList([path])

    assert path not in (caught.value.hint or "").split(": ")[1].split(", ")


@pytest.mark.parametrize("path", ["/disconnect", "/me/playlists/{urn}", "/resolve"])
def test_announced_writes_and_redirects_are_refused(path):
    with pytest.raises(InvalidInputError, match="is not a path that the server can read"):
        AllowList([path])
