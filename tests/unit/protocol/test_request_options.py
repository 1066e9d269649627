"""Headers of the client and of calls."""

import pytest

from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.request_options import with_default_headers

DEFAULTS = {"X-App": "night", "Accept": "text/html"}


def test_default_headers_go_with_a_request_to_the_api_and_its_own_win():
    request = Request("GET", "https://api.example/me", "/me", headers={"accept": "text/plain"})

    assert with_default_headers(request, DEFAULTS).headers == {"X-App": "night", "accept": "text/plain"}


@pytest.mark.parametrize("settings", [{"origin": "https://wave.example"}, {"authorize": False}])
def test_default_headers_go_nowhere_else(settings):
    request = Request("GET", "https://api.example/me", "/me", **settings)

    assert with_default_headers(request, DEFAULTS) is request
    assert with_default_headers(request, {}) is request
