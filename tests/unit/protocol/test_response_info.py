"""The description of a response: its headers and its rate limit."""

from datetime import UTC, datetime

import pytest

from soundcloud import RateLimit
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.response_info import rate_limit_from, response_info


def limit(**headers):
    return rate_limit_from({f"x-ratelimit-{name}": value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"limit": "-1", "remaining": "0", "reset": "0"}, None),
        ({"limit": "0"}, None),
        ({"limit": "x"}, None),
        ({"limit": ""}, None),
        ({"remaining": "5"}, None),
        ({"limit": "1"}, RateLimit(maximum=1)),
        ({"limit": "1", "remaining": "0", "reset": "x"}, RateLimit(maximum=1, remaining=0)),
        ({"limit": "1", "reset": "999999999"}, RateLimit(maximum=1)),
        (
            {"limit": "1", "reset": "1000000000"},
            RateLimit(maximum=1, resets_at=datetime.fromtimestamp(1_000_000_000, UTC)),
        ),
        ({"limit": "1", "reset": "9" * 30}, RateLimit(maximum=1)),
    ],
)
def test_the_rate_limit_of_the_headers(headers, expected):
    assert limit(**headers) == expected


@pytest.mark.parametrize("cached", [True, False])
def test_the_description_has_no_secret(cached):
    request = Request("GET", "https://api.soundcloud.com/a", "/a/b/s-HUSH")
    headers = {
        "x-request-id": "r",
        "set-cookie": "HUSH",
        "authorization": "HUSH",
        "location": "https://soundcloud.com/a/b/s-HUSH",
    }
    info = response_info(request, Response(201, headers, b"HUSH"), cached=cached)

    assert "HUSH" not in repr(info)
    assert set(info.headers) == {"x-request-id", "location"}
    assert (info.method, info.status, info.request_id, info.rate_limit, info.cached) == ("GET", 201, "r", None, cached)
