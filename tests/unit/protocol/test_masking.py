"""Masking: secrets of a request in the responses that repeat them."""

import base64
import html
import json
import pickle
from urllib.parse import quote

import pytest

from soundcloud._protocol import oauth
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.masking import Masker, is_secret_name, mask_issued_tokens, masker_for
from soundcloud._protocol.token_lifecycle import grant_error

CODE, VERIFIER, CLIENT_SECRET, REFRESH = "C0de-1/2+3=", "verifier~.A_b-" * 4, "s3cret&<client>", "refresh+/=value"
ACCESS, SHARE = "2-290059-1234-AbCd", "s-AbCdEf"
BASIC = base64.b64encode(f"id:{CLIENT_SECRET}".encode()).decode()


def shown(error):
    return f"{error!s} {error!r} {vars(error)!r} {pickle.dumps(error)!r}"


def assert_masked(error, secrets):
    forms = {
        form
        for secret in secrets
        for form in (secret, quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1])
    }
    assert not [form for form in forms if form in shown(error)]
    assert "***" in str(error)


REQUESTS = [
    (
        oauth.authorization_code("https://a.example", "id", CLIENT_SECRET, "http://127.0.0.1", CODE, VERIFIER),
        (CLIENT_SECRET, CODE, VERIFIER),
    ),
    (oauth.refresh("https://a.example", "id", CLIENT_SECRET, REFRESH), (CLIENT_SECRET, REFRESH)),
    (oauth.client_credentials("https://a.example", "id", CLIENT_SECRET), (CLIENT_SECRET, BASIC)),
    (oauth.sign_out("https://a.example", ACCESS), (ACCESS,)),
    (Request("GET", f"https://a.example/tracks/1?secret_token={SHARE}", "/tracks/1", token=ACCESS), (ACCESS, SHARE)),
]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        lambda text: json.dumps({"error": "invalid_grant", "error_description": text}),
        lambda text: json.dumps({"code": 400, "message": text, "link": f"https://a.example/{text}"}),
        lambda text: json.dumps({"errors": [{"error_message": text}, text]}),
        lambda text: json.dumps({"error": text}).replace("/", "\\/"),
        lambda text: json.dumps({"message": "".join(f"\\u{ord(char):04x}" for char in text)}).replace("\\\\", "\\"),
        lambda text: text,
        lambda text: f"form: {quote(text, safe='')}",
        lambda text: f"<html><title>{html.escape(text)}</title><h1>{text}</h1></html>",
        lambda text: "x" * 280 + text + " " * 2000 + text,
    ],
)
@pytest.mark.parametrize(("request_", "secrets"), REQUESTS)
def test_secrets_that_the_server_repeats_are_masked(status, body, request_, secrets):
    text = " and ".join(secrets) + " was used"
    response = Response(status, {"x-request-id": secrets[0]}, body(text).encode())

    error = error_from_response(response, request=request_)
    error = grant_error(error, request_, response, None)

    forms = [form for secret in secrets for form in (secret, quote(secret, safe=""))]
    if "\\u" not in body(text):
        assert not [form for form in forms if form in shown(error)]
    assert not [form for form in forms if form in f"{error!s} {error!r} {error.errors} {error.code} {error.link}"]
    assert error.request_id == "***"


def test_the_access_token_of_the_client_is_masked():
    error = error_from_response(
        Response(404, {}, f"no {ACCESS} here".encode()),
        request=Request("GET", "https://a.example/x", "/x"),
        token=ACCESS,
    )
    assert "no *** here" in str(error)
    assert_masked(error, [ACCESS])


def test_a_short_secret_is_masked_as_a_whole_word_only():
    request = oauth.refresh("https://a.example", "id", "abc", "REF")
    error = error_from_response(
        Response(400, {}, b'{"error_description": "REF is used, REFUSED, abcd, abc."}'), request=request
    )
    assert error.message == "HTTP 400: *** is used, REFUSED, abcd, ***."


def test_new_tokens_in_a_truncated_response_are_masked():
    for body in (
        b'{"access_token": "NEW-1", "refresh_token":"NEW-2", "expires',
        b"access_token=NEW-1&refresh_token=NEW-2",
    ):
        error = error_from_response(Response(502, {}, body))
        assert "NEW" not in str(error)


def test_a_response_without_secrets_is_unchanged():
    body = b'{"message": "\xff caf\xc3\xa9"}'
    assert error_from_response(Response(400, {}, body), request=REQUESTS[0][0]).body == body


@pytest.mark.parametrize("value", ["Basic ***", "Basic a", "Basic /w==", "Basic", ""])
def test_credentials_that_cannot_be_decoded(value):
    request = Request("POST", "https://a.example/", "/", headers={"Authorization": value})

    assert masker_for(request, "TOKEN").text("see TOKEN") == "see ***"


@pytest.mark.parametrize(("secret", "inside"), [("abcdefg", False), ("abcdefgh", True), ("abcdefghi", True)])
def test_a_secret_of_eight_characters_is_masked_within_a_word(secret, inside):
    masker = Masker([secret])

    assert masker.text(f"x{secret}y") == ("x***y" if inside else f"x{secret}y")
    assert masker.text(f"x {secret}, y") == "x ***, y"
    assert masker.text(f"-{secret}") == ("-***" if inside else f"-{secret}")


def test_the_longer_of_two_short_secrets_is_masked_first():
    assert Masker(["ab", "ab.cd"]).text("ab.cd ab") == "*** ***"
    assert Masker(["", "ab"]).text("a b ab") == "a b ***"


def test_values_of_every_type_are_masked():
    masker = Masker(["abcdefgh"])

    assert masker.value(("abcdefgh", b"abcdefgh", 5)) == ("***", b"***", 5)
    assert masker.value({"abcdefgh": "abcdefgh", "n": None}) == {"abcdefgh": "***", "n": None}


@pytest.mark.parametrize(
    ("name", "secret"), [("code", True), ("oauth_token", True), ("client_id", False), ("Code", False)]
)
def test_the_names_of_secrets(name, secret):
    assert is_secret_name(name) is secret
    request = Request(
        "GET", f"https://a.example/?{name}=abcdefgh", "/", json={name: "ijklmnop"}, form={name: "qrstuvwx"}
    )
    shown = "*** *** ***" if secret else "abcdefgh ijklmnop qrstuvwx"
    assert masker_for(request).text("abcdefgh ijklmnop qrstuvwx") == shown


def test_the_secrets_of_a_request():
    basic = base64.b64encode(b"id:passwordpassword").decode()
    request = Request("GET", "https://a.example/", "/", headers={"authorization": f"Basic {basic}"})
    bare = Request("GET", "https://a.example/", "/", headers={"Authorization": "barecredentials"})
    other = Request("GET", "https://a.example/", "/", headers={"X-Other": f"Basic {basic}"}, token="requesttoken")

    assert masker_for(request).text(f"{basic} passwordpassword Basic") == "*** *** Basic"
    assert masker_for(bare).text("barecredentials") == "***"
    assert (
        masker_for(other, "clienttoken").text("requesttoken clienttoken passwordpassword") == "*** *** passwordpassword"
    )
    assert masker_for(None, "clienttoken").text("clienttoken") == "***"
    assert masker_for(None).text("clienttoken") == "clienttoken"


def test_issued_tokens_are_masked():
    assert (
        mask_issued_tokens("access_token: ab, Refresh_Token='cd' code=ef")
        == "access_token: ***, Refresh_Token='***' code=ef"
    )
    assert mask_issued_tokens("token=ab") == "token=ab"
