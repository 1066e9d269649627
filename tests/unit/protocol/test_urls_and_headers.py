"""URLs, headers and requests: which are accepted, and what is made of them."""

import attrs
import pytest

from soundcloud import InvalidInputError, PaginationError, RequestOptions
from soundcloud._protocol.http import urls
from soundcloud._protocol.http.headers import check_extra_headers, check_header_value, decode_headers
from soundcloud._protocol.http.messages import Request, Response, build_request, request_for_url
from soundcloud._protocol.http.request_options import apply_options, merge_headers, read_headers, read_options
from soundcloud._protocol.pagination import fill_path, next_href_of, next_page_url
from soundcloud._protocol.printable import escape_unsafe, replace_surrogates, to_printable
from soundcloud._protocol.resolving import check_permalink
from soundcloud_api.api.me import delete_me_followings_user_urn, get_me

API = "https://api.soundcloud.com"


@pytest.mark.parametrize(
    "url",
    [
        "api.soundcloud.com",
        "ftp://api.soundcloud.com",
        "https://",
        "https:///path",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://user@a.example",
        "https://a.example:99999",
    ],
)
def test_what_is_not_the_url_of_a_server(url):
    with pytest.raises(InvalidInputError, match=r"^base_url=.* is not (a|the) URL"):
        urls.check_origin_url("base_url", url)


@pytest.mark.parametrize(
    "url", ["https://user:hush@a.example", "https://user:hush@a.example:abc", "https://user:hu/sh@a:b"]
)
def test_the_password_in_a_url_is_not_shown(url):
    with pytest.raises(InvalidInputError, match=r"^base_url='https://\*\*\*@a.* is not (a|the) URL") as caught:
        urls.check_origin_url("base_url", url)

    assert "hu" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (" https://a.example/ ", "https://a.example"),
        ("https://a.example:8443/v1//", "https://a.example:8443/v1"),
        ("http://localhost:80", "http://localhost:80"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://127.255.255.254", "http://127.255.255.254"),
        ("http://[::1]:5", "http://[::1]:5"),
        ("http://a.example", None),
        ("http://128.0.0.1", None),
        ("http://126.255.255.255", None),
        ("http://[::2]", None),
        ("http://localhost.example", None),
        ("http://khost", None),
        ("http://zhost", None),
    ],
)
def test_plain_http_leads_to_the_loopback_interface_only(url, origin):
    if origin is None:
        with pytest.raises(InvalidInputError, match="would send tokens over plain http"):
            urls.check_origin_url("base_url", url)
    else:
        assert urls.check_origin_url("base_url", url) == origin


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("soundcloud.com", True),
        ("w.soundcloud.com", True),
        ("evilsoundcloud.com", False),
        ("soundcloud.com.evil.example", False),
        ("soundcloud.co", False),
        ("a.example", False),
        ("z.example", False),
    ],
)
def test_hosts_of_soundcloud(host, expected):
    assert urls.is_soundcloud(host) is expected
    assert urls.with_scheme(f"{host}/a/b") == (f"https://{host}/a/b" if expected else f"{host}/a/b")
    assert urls.with_scheme(f"http://{host}/a") == f"http://{host}/a"


def test_with_scheme_ignores_the_case_of_the_host_and_reads_the_host_only():
    assert urls.with_scheme("SoundCloud.com/A") == "https://SoundCloud.com/A"
    assert urls.with_scheme("soundcloud.com") == "https://soundcloud.com"
    assert urls.with_scheme("a/soundcloud.com") == "a/soundcloud.com"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_would_change_the_path(value):
    with pytest.raises(InvalidInputError, match=r"^id='.*' cannot be part of a path$"):
        urls.path_value("id", value)


def test_values_of_a_path_and_of_a_query():
    assert urls.path_value("id", "...") == "..."
    assert urls.path_value("id", "soundcloud:tracks:1/ä") == "soundcloud:tracks:1%2F%C3%A4"
    query = {"yes": True, "no": False, "none": None, "one": 1, "zero": 0, "list": ["a", 1, True], "tuple": (1, 2)}
    assert urls.encode_query(query) == "yes=true&no=false&one=1&zero=0&list=a,1,true&tuple=1,2"


@pytest.mark.parametrize(
    "path", ["tracks", "//tracks", "/a b", "/a\x1f", "/a\x20", "/ä", "/a#b", "/a/../b", "/{id}", "/{id"]
)
def test_what_is_not_a_path(path):
    with pytest.raises(InvalidInputError, match=r"^path=.* (is not a path of the API|needs a value for)"):
        urls.fill_template(API, path, {})


def test_a_path_without_its_closing_brace():
    with pytest.raises(InvalidInputError, match=r"needs a value for {id}"):
        urls.check_path("/tracks/{id", {"id": 1})


@pytest.mark.parametrize(
    ("path", "parameters", "url", "filled"),
    [
        ("/!", {}, f"{API}/!", "/!"),
        ("/a/{id}/b", {"id": 1}, f"{API}/a/1/b", "/a/1/b"),
        ("/{a}/{b}?x={c}", {"a": 1, "b": 2, "d": 3}, f"{API}/1/2?x={{c}}&d=3", "/1/2"),
        ("/a?x=1", {}, f"{API}/a?x=1", "/a"),
        ("/a", {"y": 2}, f"{API}/a?y=2", "/a"),
    ],
)
def test_a_template_is_filled(path, parameters, url, filled):
    assert urls.fill_template(API, path, parameters) == (url, filled)


def test_encoding_a_url():
    assert urls.encode_url(f"{API}/\u00e4?q=%20:#x") == f"{API}/%C3%A4?q=%20:"
    for wrong in ("/a b", "/a\nb", "/\ud800"):
        with pytest.raises(InvalidInputError, match=r"^the URL holds "):
            urls.encode_url(API + wrong)


@pytest.mark.parametrize("value", ["a\r\nb", "a\x00", "\x7f", "ä", "\x1f"])
def test_values_that_a_header_cannot_carry(value):
    with pytest.raises(InvalidInputError, match=r"^X holds a line break"):
        check_header_value("X", value)
    assert check_header_value("X", "\x20~") == "\x20~"
    with pytest.raises(InvalidInputError, match=r"^X is of type bytes"):
        check_header_value("X", b"a")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is not the name of a header"),
        ("a b", "is not the name of a header"),
        (5, "is not the name of a header"),
        ("Authorization", "is made from the token"),
        ("Content-Length", "is set by the client"),
        ("TE", "is set by the client"),
    ],
)
def test_headers_that_cannot_be_added(name, message):
    with pytest.raises(InvalidInputError, match=message):
        check_extra_headers({name: "x"})


@pytest.mark.parametrize("name", ["Accept", "X-1", "Author", "Zebra", "content-lengths"])
def test_headers_that_can_be_added(name):
    assert read_headers("extra_headers", {name: "x"}) == {name: "x"}


def test_a_header_is_given_once():
    with pytest.raises(InvalidInputError, match=r"^extra_headers has a header twice"):
        read_headers("extra_headers", {"X-A": "1", "x-a": "2"})
    assert read_headers("extra_headers", {"X-A": "1", "X-B": "2"}) == {"X-A": "1", "X-B": "2"}
    assert read_headers("extra_headers", None) == {}


def test_headers_are_joined():
    received = [(b"A", b"1"), (b"b", b"2"), (b"a", b"\xe4")]

    assert decode_headers(received) == {"a": "1, \xe4", "b": "2"}


@pytest.mark.parametrize(
    "value",
    [{"a": object()}, {"a": float("inf")}, {"a": float("nan")}, {"a": ["b", b"c"]}, {5: "a"}, {"oauth_token": "x"}],
)
def test_additions_to_a_query_that_are_refused(value):
    with pytest.raises(InvalidInputError, match=r"^extra_query: "):
        read_options(RequestOptions(extra_query=value))


def test_additions_to_a_query_replace_parameters_of_the_same_name():
    request = Request("GET", f"{API}/tracks?q=a&limit=5&genres=x", "/tracks", headers={"Accept": "a", "X-Kept": "1"})
    options = RequestOptions(extra_query={"q": "b", "new": [1, 2.5], "none": None}, extra_headers={"accept": "b"})
    changed = apply_options(request, options)
    plain = apply_options(attrs.evolve(request, url=f"{API}/tracks"), RequestOptions())

    assert changed.url == f"{API}/tracks?limit=5&genres=x&q=b&new=1,2.5"
    assert changed.headers == {"X-Kept": "1", "accept": "b"}
    assert plain.url == f"{API}/tracks"
    assert merge_headers({}, {}) == {}
    assert merge_headers({"A": "1"}, {}) == {"A": "1"}
    assert merge_headers({}, {"B": "2"}) == {"B": "2"}
    with pytest.raises(TypeError, match="unexpected keyword argument 'extra'"):
        read_options({"extra": {}})
    with pytest.raises(InvalidInputError, match=r"^extra_query is of type list: pass a dict"):
        read_options({"extra_query": []})


def test_the_defaults_of_a_request():
    request = Request("GET", f"{API}/me", "/me")

    assert (request.operation, request.template, request.token, request.json, request.form, request.origin) == (
        None,
    ) * 6
    assert (request.authorize, request.shareable, request.on_progress) == (True, False, None)
    assert (request.responses, request.headers, request.header_key, request.files, request.repeatable) == (
        {},
        {},
        (),
        [],
        True,
    )


def test_no_repr_of_a_message_shows_a_secret():
    secrets = {"json": {"a": "hunter2"}, "form": {"a": "hunter2"}, "headers": {"a": "hunter2"}, "token": "hunter2"}
    request = Request("GET", f"{API}/me?code=hunter2", "/me", responses={200: bytes}, on_progress=print, **secrets)
    response = Response(200, {"a": "hunter2"}, b"hunter2")

    assert "hunter2" not in repr(request)
    assert "<class 'bytes'>" not in repr(request)
    assert "built-in" not in repr(request)
    assert repr(response) == "Response(status=200)"
    assert repr(request.header_key) == "(('a', '***'),)"


def test_the_headers_of_a_key_are_sorted_and_in_lower_case():
    request = Request("GET", f"{API}/me", "/me", headers={"B": "2", "a": "1"})

    assert request.header_key == (("a", "1"), ("b", "2"))


def test_only_a_reading_operation_is_shareable():
    reading = build_request(get_me(), API, "token")
    writing = build_request(delete_me_followings_user_urn("soundcloud:users:1"), API, None)
    elsewhere = request_for_url("https://wave.example:1/a?b=c", bytes)

    assert (reading.url, reading.path, reading.shareable, reading.token) == (f"{API}/me", "/me", True, "token")
    assert (writing.path, writing.shareable, writing.token) == ("/me/followings/soundcloud:users:1", False, None)
    assert reading.authorize
    assert (elsewhere.path, elsewhere.origin, elsewhere.authorize) == ("/a", "https://wave.example:1", False)
    assert (elsewhere.shareable, elsewhere.responses) == (True, {200: bytes})


@pytest.mark.parametrize(
    ("link", "base", "url"),
    [
        ("https://api.soundcloud.com:443/a", API, f"{API}/a"),
        ("http://api.soundcloud.com:80/a#b", API, f"{API}/a"),
        ("https://api.soundcloud.com/a", f"{API}:443", f"{API}:443/a"),
        ("/a?b=c", f"{API}/v1", f"{API}/a?b=c"),
        ("a?b=c", f"{API}/v1", f"{API}/v1/a?b=c"),
        ("http://localhost:8000/a", "http://localhost:8000", "http://localhost:8000/a"),
    ],
)
def test_a_link_to_the_next_page(link, base, url):
    assert next_page_url(link, base) == url


@pytest.mark.parametrize(
    ("link", "base", "message"),
    [
        ("https://api.soundcloud.com:444/a", API, "leads to api.soundcloud.com instead of"),
        ("https://api.soundcloud.com:79/a", API, "leads to"),
        ("https://api.soundcloud.com/a", f"{API}:81", "leads to"),
        ("https://a.example/a", API, "leads to a.example instead of api.soundcloud.com"),
        ("https://z.example/a", API, "leads to z.example"),
        ("ftp://api.soundcloud.com/a", API, "is not a URL"),
        (f"{API}/a b", API, "is not a URL"),
        (f"{API}/a\n", API, "is not a URL"),
        (f"{API}:x/a", API, "is not a URL"),
    ],
)
def test_a_link_that_is_not_followed(link, base, message):
    with pytest.raises(PaginationError, match=message):
        next_page_url(link, base)


def test_a_raw_path_or_url():
    assert fill_path(API, "/a?u=https://b.example", {}) == (f"{API}/a?u=https://b.example", "/a")
    assert fill_path(f"{API}/v1", f"{API}/v1/a?b=c", {"d": 1}) == (f"{API}/v1/a?b=c&d=1", "/a")
    assert fill_path(API, f"{API}/a", {"d": 1}) == (f"{API}/a?d=1", "/a")
    assert fill_path(API, f"{API}/a", {}) == (f"{API}/a", "/a")
    with pytest.raises(InvalidInputError, match="is not below"):
        fill_path(f"{API}/v1", f"{API}/v2/a", {})
    with pytest.raises(InvalidInputError, match=r"^'https://z\.example/x+' is not a URL of") as caught:
        fill_path(API, "https://z.example/" + "x" * 200 + "?secret=1", {})
    assert f"'https://z.example/{'x' * 82}'" in str(caught.value)


@pytest.mark.parametrize(("link", "expected"), [("x", "x"), ("", None), (" ", None), (None, None), (5, None)])
def test_the_link_of_a_page(link, expected):
    class Page:
        next_href = link

    assert next_href_of(Page()) == expected
    assert next_href_of(object()) is None


@pytest.mark.parametrize(
    ("url", "valid"),
    [
        ("https://soundcloud.com/a", True),
        ("http://m.soundcloud.com:80/a", True),
        ("https://soundcloud.com:443/a", True),
        ("soundcloud.com/a", True),
        (" https://soundcloud.com/a ", True),
        ("https://soundcloud.com:444/a", False),
        ("https://soundcloud.com:79/a", False),
        ("ftp://soundcloud.com/a", False),
        ("https://user@soundcloud.com/a", False),
        ("https://soundcloud.com/a b", False),
        ("https://soundcloud.com/a!b", True),
        ("https://a.example/", False),
        ("https://soundcloud.com:x/", False),
        ("", False),
        (5, False),
        ("HTTP://LOCALHOST:5000/a", True),
        ("http://localhost:5000/a", True),
        ("localhost:5000/a", True),
        ("https://localhost:5000/a", False),
        ("http://localhost:5001/a", False),
    ],
)
def test_urls_that_can_be_resolved(url, valid):
    if valid:
        assert check_permalink(url, "http://localhost:5000").partition("://")[2] == url.strip().rpartition("://")[2]
    else:
        with pytest.raises(InvalidInputError, match="of its subdomains or localhost:5000: give one such as"):
            check_permalink(url, "http://localhost:5000")


def test_text_that_is_safe_to_show():
    assert to_printable("a\x1b[1m\n b\u202e\u200d") == "a [1m b \u200d"
    assert escape_unsafe("\x00\x08\t\n\x0b\x1f \x7f\x9f\xa0\u2028\u202f\u2069") == (
        "\\u0000\\u0008\t\n\\u000b\\u001f \\u007f\\u009f\xa0\\u2028\u202f\\u2069"
    )
    assert replace_surrogates("a\ud800\udfffb\ue000") == "a\ufffd\ufffdb\ue000"
