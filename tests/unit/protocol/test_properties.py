"""Property tests of URNs, queries and URLs."""

import contextlib
import json
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soundcloud import InvalidInputError, Urn
from soundcloud._protocol.http.messages import build_request
from soundcloud._protocol.http.urls import check_origin_url, encode_query, fill_template, path_value
from soundcloud.models import Track
from soundcloud.urn import KINDS, STATIONS, to_urn
from soundcloud_api.types import Operation

# Derandomized: the same examples in every run.
properties = settings(derandomize=True, deadline=None, max_examples=300)

API = "https://api.soundcloud.com"
KIND = st.sampled_from(sorted(KINDS.keys() - {STATIONS}))  # a station has no id
NUMBERS = st.integers(min_value=1, max_value=10**20 - 1)
WORDS = st.from_regex(r"[A-Za-z0-9_~-]{1,12}", fullmatch=True)
STRINGS = st.text(st.characters(), max_size=30)
"""Any string, lone surrogates included, which occur in undecodable file names and tags."""
UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | UNICODE
URN_PARTS = [
    *("soundcloud", ":", "tracks", "users", "playlists", "system-playlists", "1", "308946187", "s-secret"),
    *("/", "?", "#", "..", ".", "%0d%0a", "%3A", "%2F", "%2e", " ", "\r\n", "\x00", "\u0661", "\u202e"),
    *("https://", "api.soundcloud.com", "w.soundcloud.com", "player/?url=", "[", "]", "@"),
]
NEAR_URNS = st.lists(st.sampled_from(URN_PARTS), max_size=14).map("".join)


def in_query(value: object) -> str:
    """Return the expected form of a value in a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@properties
@given(KIND, NUMBERS)
def test_every_form_of_an_id(kind, number):
    urn = f"soundcloud:{kind}:{number}"
    forms = [
        number,
        str(number),
        f" {number}\n",
        urn,
        Urn(urn),
        quote(urn, safe=""),
        f"{API}/{kind}/{number}",
        f"{API}/{kind}/{urn}",
        f"http://api.soundcloud.com/{kind}/{quote(urn, safe='')}?secret_token=s-1",
        f"{API}/{kind}/{number}/stream#now",
        f"https://w.soundcloud.com/player/?visual=true&url={quote(f'{API}/{kind}/{number}', safe='')}",
        Track(urn=urn),
    ]

    assert [Urn.parse(form, kind) for form in forms] == [urn] * len(forms)
    assert [to_urn(form, kind) for form in forms] == [urn] * len(forms)
    assert (Urn.parse(urn).kind, Urn.parse(urn).id) == (kind, str(number))


@properties
@given(
    st.sampled_from([(kind, own) for kind, names in KINDS.items() for own in names]),
    st.lists(WORDS, min_size=1, max_size=3),
)
def test_the_id_of_a_urn_is_opaque(names, parts):
    kind, own = names
    urn = f"soundcloud:{own}:{':'.join(parts)}"
    parsed = Urn.parse(quote(urn, safe=""), kind)

    assert parsed == urn == Urn.parse(parsed) == to_urn(f"{API}/{own}/{urn}", kind)
    assert (parsed.kind, parsed.id) == (own, ":".join(parts))


@properties
@given(STRINGS | NEAR_URNS | st.integers() | st.none() | st.binary() | st.floats(), KIND | st.none())
@example("9" * 5000, "tracks")
@example(10**5000, "tracks")
@example("https://w.soundcloud.com/player/?url=http://[x", "tracks")
@example("https://api.soundcloud.com/tracks/soundcloud:tracks:1%0d%0aX", None)
@example("soundcloud:tracks:..", "tracks")
@example("soundcloud:tracks:1\n", "tracks")
def test_accepted_urns_are_safe_in_a_path(value, kind):
    try:
        urn = Urn.parse(value, kind)
    except InvalidInputError:
        return

    assert urn.isascii()
    assert urn.isprintable()
    assert not {" ", "/", "?", "#", "%", "\\"} & set(urn)
    assert ".." not in urn
    assert urn.split(":")[0] == "soundcloud"
    assert kind is None or urn.kind in KINDS[kind]
    assert Urn.parse(urn, kind) == urn
    assert path_value("urn", urn) == urn


@properties
@given(STRINGS)
@example("\ud800")
def test_to_urn_and_parse_agree(text):
    def outcome(read):
        try:
            return str(read(text))
        except InvalidInputError as error:
            return str(error)

    assert outcome(lambda value: to_urn(value, "tracks")) == outcome(lambda value: Urn.parse(value, "tracks"))


@properties
@given(st.dictionaries(UNICODE, SCALARS, max_size=6))
def test_a_query_can_be_parsed_back(query):
    text = encode_query(query)

    assert parse_qsl(text, keep_blank_values=True) == [
        (name, in_query(value)) for name, value in query.items() if value is not None
    ]
    assert text.isascii()
    assert not {" ", "#", "?", "/", "\r", "\n", '"'} & set(text)


@properties
@given(st.lists(st.integers() | st.booleans() | UNICODE.filter(lambda text: "," not in text), min_size=1, max_size=5))
def test_a_list_is_one_query_value(values):
    assert parse_qsl(encode_query({"a": values, "b": tuple(values)}), keep_blank_values=True) == [
        (name, ",".join(map(in_query, values))) for name in "ab"
    ]


def check_url(url: str, segments: int) -> None:
    """Check with urllib and httpx that the URL leads to the API and has as many path segments as its template."""
    assert url.startswith(f"{API}/")
    assert (urlsplit(url).scheme, urlsplit(url).netloc, urlsplit(url).fragment) == ("https", "api.soundcloud.com", "")
    request = httpx.Request("GET", url)
    assert (request.url.scheme, request.url.host, request.url.port) == ("https", "api.soundcloud.com", None)
    assert request.url.raw_path.partition(b"?")[0].count(b"/") == segments


@properties
@given(STRINGS, STRINGS, st.dictionaries(UNICODE, SCALARS, max_size=3))
@example("\ud800", "1", {})
@example("..", "1", {})
@example("{two}", "{one}", {})
@example("a/../b", "x?y#z", {"a&b=c": "d&e=f"})
def test_operation_values_cannot_change_the_url(one, two, query):
    operation = Operation("an_id", "GET", "/a/{one}/b/{two}", {}, path={"one": one, "two": two}, query=query)
    try:
        request = build_request(operation, API, None)
    except InvalidInputError:
        return

    check_url(request.url, 4)
    assert [unquote(part) for part in urlsplit(request.url).path.split("/")] == ["", "a", one, "b", two]
    assert request.path == urlsplit(request.url).path
    assert parse_qsl(urlsplit(request.url).query, keep_blank_values=True) == [
        (name, in_query(value)) for name, value in query.items() if value is not None
    ]


@properties
@given(STRINGS)
@example("\ud800")
def test_lone_surrogates_in_a_query_are_refused(text):
    operation = Operation("an_id", "GET", "/a", {}, query={"q": text})
    try:
        url = build_request(operation, API, None).url
    except InvalidInputError:
        assert any("\ud800" <= letter <= "\udfff" for letter in text)
        return

    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == [("q", text)]


@properties
@given(STRINGS, st.dictionaries(WORDS, SCALARS, max_size=3))
@example("\ud800", {})
@example("%2e%2e/x", {"q": "&a=b"})
def test_template_values_cannot_change_the_url(value, more):
    more = {f"q{name}": each for name, each in more.items()}
    try:
        url, path = fill_template(API, "/a/{value}/b", {"value": value, **more})
    except InvalidInputError:
        return

    check_url(url, 3)
    assert path == urlsplit(url).path
    assert unquote(path) == f"/a/{value}/b"
    assert dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) == {
        name: in_query(each) for name, each in more.items() if each is not None
    }


@properties
@given(
    STRINGS
    | st.lists(st.sampled_from([*URN_PARTS, "{a}", "{", "}", "\\", "//", "evil.example", "?x=1", "%"]), max_size=9).map(
        "".join
    )
)
@example("//evil.example/x")
@example("/{a}/../x")
@example("/\ud800")
def test_any_template_leads_to_the_api(template):
    for path in (template, f"/{template}"):
        try:
            url, _ = fill_template(API, path, {"a": "1"})
        except InvalidInputError:
            continue

        assert url.startswith(f"{API}/")
        assert (urlsplit(url).netloc, urlsplit(url).fragment) == ("api.soundcloud.com", "")
        assert ".." not in urlsplit(url).path
        with contextlib.suppress(httpx.InvalidURL):  # httpx cannot send such a URL
            assert httpx.Request("GET", url).url.host == "api.soundcloud.com"


@properties
@given(
    STRINGS
    | st.lists(st.sampled_from([*URN_PARTS, "http://", "localhost", "127.0.0.1", ":8080", ":", "\\"]), max_size=7).map(
        "".join
    )
)
@example("https://[::1")
@example("https://api.soundcloud.com:99999")
@example("http://127.evil.example")
@example("http://localhost.evil.example")
def test_accepted_origins_are_https_or_loopback(text):
    try:
        origin = check_origin_url("base_url", text)
    except InvalidInputError:
        return
    parts = urlsplit(origin)

    assert parts.scheme == "https" or parts.hostname in {"localhost", "::1"} or is_loopback(parts.hostname)
    assert not origin.endswith("/")
    assert (parts.query, parts.fragment, parts.username, parts.password) == ("", "", None, None)
    assert check_origin_url("base_url", origin) == origin


def is_loopback(host: str) -> bool:
    """Return whether a host is an IPv4 loopback address; 127.example is not."""
    numbers = host.split(".")
    return numbers[0] == "127" and len(numbers) == 4 and all(number.isdigit() for number in numbers)


@pytest.mark.parametrize("value", [json.dumps, {}, [1], object()], ids=["function", "dict", "list", "object"])
def test_other_types_are_not_urns(value):
    with pytest.raises(InvalidInputError) as caught:
        Urn.parse(value, "tracks")

    assert type(value).__name__ in str(caught.value)
