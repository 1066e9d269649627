"""The check of test_contract.py finds violations in requests."""

import copy
import json

import httpx
import pytest

from tests.spec.contract import violations
from tools.openapi.document import OPENAPI_JSON, parse

API = "https://api.soundcloud.com"
DOCUMENT = parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)
TRACK = f"{API}/tracks/soundcloud:tracks:1"


def form(url, method, fields):
    request = httpx.Request(method, url, files=[(name, (None, value)) for name, value in fields.items()])
    request.read()
    return request


@pytest.mark.parametrize(
    "request_",
    [
        httpx.Request("GET", f"{API}/tracks?q=a%26b&access=playable,blocked&bpm%5Bfrom%5D=1&limit=200"),
        httpx.Request("GET", f"{TRACK}?secret_token=s-1"),
        httpx.Request("GET", f"{API}/tracks/soundcloud%3Atracks%3A1"),
        httpx.Request("POST", f"{TRACK}/comments", json={"comment": {"body": "a", "timestamp": 1.5}}),
        httpx.Request("PUT", TRACK, json={"track": {"title": "a", "downloadable": False}}),
        form(f"{API}/tracks", "POST", {"track[title]": "ä", "track[asset_data]": b"1", "track[streamable]": "false"}),
    ],
)
def test_a_request_that_is_fine(request_):
    assert violations(DOCUMENT, request_) == []


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (httpx.Request("PATCH", TRACK), "PATCH /tracks/soundcloud:tracks:1 is no operation of the document"),
        (httpx.Request("GET", f"{API}/tracks/1"), "GET /tracks/1 is no operation of the document"),
        (httpx.Request("GET", f"{API}/tracks/"), "GET /tracks/ is no operation of the document"),
        (httpx.Request("GET", f"{API}/v2/me"), "GET /v2/me is no operation of the document"),
        (httpx.Request("GET", f"{API}/me?a=1"), "the query's a is not declared"),
        (httpx.Request("GET", f"{API}/tracks?bpm[above]=1"), "the query's bpm[above] is not declared"),
        (httpx.Request("GET", f"{API}/tracks?q[from]=1"), "the query's q[from] is not declared"),
        (httpx.Request("GET", f"{API}/tracks?bpm=1"), "the query's bpm is an object and needs brackets"),
        (httpx.Request("GET", f"{API}/tracks?bpm[from]=1.5"), "the query's bpm[from]=1.5: $ '1.5' is not of type"),
        (httpx.Request("GET", f"{API}/tracks?limit=201"), "the query's limit=201: $ 201 is greater than"),
        (httpx.Request("GET", f"{API}/tracks?limit=1&limit=2"), "the query names a parameter twice"),
        (httpx.Request("GET", f"{API}/tracks?linked_partitioning=True"), "the query's linked_partitioning=True: $"),
        (httpx.Request("GET", f"{API}/tracks?access=playable,none"), "the query's access=playable,none: $[1]"),
        (httpx.Request("GET", f"{API}/me/tracks?sort=up"), "the query's sort=up: $ 'up' is not one of"),
        (httpx.Request("GET", f"{API}/resolve"), "the query lacks url"),
        (httpx.Request("GET", f"{API}/me", headers={"Content-Type": "text/x"}), "a media type without a body"),
        (httpx.Request("POST", f"{API}/tracks"), "there is no body"),
        (httpx.Request("POST", f"{API}/tracks", json={"a": 1}), "a body of type application/json is not declared"),
        (httpx.Request("POST", f"{API}/sign-out", json={"a": 1}), "a body of type application/json is not declared"),
        (httpx.Request("POST", f"{API}/tracks", data={"a": 1}), "a body of type application/x-www-form-urlencoded"),
        (httpx.Request("PUT", TRACK, json={"track": {"titel": "a"}}), "the body's track.titel is not declared"),
        (httpx.Request("PUT", TRACK, json={"track": {"title": 1}}), "the body: $.track.title 1 is not of type"),
        (httpx.Request("PUT", TRACK, json={"track": {"title": None}}), "the body: $.track.title None is not of type"),
        (httpx.Request("PUT", TRACK, json={"track": {"license": "x"}}), "the body: $.track.license 'x' is not one of"),
        (httpx.Request("POST", f"{TRACK}/comments", json={"comment": {}}), "the body: $.comment 'body' is a required"),
        (form(f"{API}/tracks", "POST", {"track[title]": "a"}), "the body: $ 'track[asset_data]' is a required"),
        (form(TRACK, "PUT", {"title": "a"}), "the body's title is not declared"),
        (form(TRACK, "PUT", {"track[streamable]": "True"}), "the body: $['track[streamable]'] 'True' is not of type"),
    ],
)
def test_a_request_that_is_not(request_, expected):
    problems = violations(DOCUMENT, request_)

    assert [problem[: len(expected)] for problem in problems[-1:]] == [expected]


def test_what_is_beyond_the_document():
    searched = httpx.Request("GET", f"{API}/me?cursor=a")
    signed_out = httpx.Request("POST", f"{API}/sign-out", json={"access_token": "a"})

    assert violations(DOCUMENT, searched, beyond={"cursor"}) == []
    assert violations(DOCUMENT, signed_out, beyond={"body"}) == []


def test_null_where_the_document_has_it():
    document = copy.deepcopy(DOCUMENT)
    title = document["components"]["schemas"]["TrackMetadataRequest"]["properties"]["track"]["properties"]["title"]
    title["nullable"] = True
    request = httpx.Request("PUT", TRACK, content=json.dumps({"track": {"title": None}}))
    request.headers["Content-Type"] = "application/json; charset=utf-8"

    assert violations(document, request) == []
