"""The redirect of a sign-in: reading the code, checking the state, and the loopback request."""

from http import HTTPStatus
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soundcloud._protocol.html_page import complete_sentence
from soundcloud._protocol.redirect import carries_state, loopback_address, make_page, read_redirect
from soundcloud.errors import InvalidInputError, SignInError

STATE = "STATE-0123456789"
CODE = "CODE-0123456789"
ADDRESS = f"http://127.0.0.1:8765/callback?code={CODE}&state={STATE}"


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS,
        f"  {ADDRESS}\r\n",
        f'"{ADDRESS}"',
        f"'{ADDRESS}'\n",
        f"<{ADDRESS}>",
        f"\u201c{ADDRESS}\u201d",
        ADDRESS.replace("code=", "co\r\n    de="),
        ADDRESS.replace("0123", "01\n23"),
        f"{ADDRESS}#_=_",
        f"https://example.org/a=b?state={STATE}&code={CODE}&scope=",
        f"com.example.app:/oauth2?code={CODE}&state={STATE}",
        f"127.0.0.1:8765/callback/?code={CODE}&state={STATE}",
        f"/callback?code={CODE}&state={STATE}",
        f"?code={CODE}&state={STATE}",
        f"code={CODE}&state={STATE}",
        f"code={CODE}&state={STATE}&error=&error_description=what?",
    ],
)
def test_the_code_is_read_from_pasted_text(text):
    assert read_redirect(text, state=STATE) == CODE


def test_percent_encoding_is_decoded():
    code, state = "a b+c/d=\u00e9?#", "\u00fc&="

    assert read_redirect(urlencode({"code": code, "state": state}), state=state) == code


@pytest.mark.parametrize(
    ("text", "message", "name"),
    [
        (
            "error=access_denied&error_description=no",
            r"^the user denied access - start the",
            "access_denied",
        ),
        ("error=invalid_request", r"\(invalid_request\) - .*generate_code_challenge", "invalid_request"),
        ("error=redirect_uri_mismatch", "exactly the one registered", "redirect_uri_mismatch"),
        (f"error=odd&error_description=it+was+{CODE}&code={CODE}", r"\(odd\) - start", "odd"),
        (f"error=odd&error_description=not+{STATE}", r"\(odd\) - start", "odd"),
        ("error=ODD%20%3Cb%3E", "an invalid error code", None),
        ("error=odd&code=odd", "an invalid error code", None),
    ],
)
def test_an_error_is_explained(text, message, name):
    for written in (text, f"{text}&state={STATE}"):
        with pytest.raises(SignInError, match=message) as caught:
            read_redirect(written, state=STATE)

        assert caught.value.code == name
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        ("a+fault%3F", r"\(odd\): a fault\? - start"),
        ("%1b[31m%0aa%09%E2%80%AEb", r"\(odd\): \[31m a b -"),
        ("x" * 999, r"\(odd\): x{199}\u2026 -"),
    ],
)
def test_the_description_of_an_error_needs_the_state(description, shown):
    text = f"error=odd&error_description={description}"
    with pytest.raises(SignInError, match=shown) as caught:
        read_redirect(f"{text}&state={STATE}", state=STATE)
    with pytest.raises(SignInError, match=r"^SoundCloud rejected the sign-in \(odd\) - start"):
        read_redirect(text, state=STATE)

    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the redirect is empty"),
        (" \n", "the redirect is empty"),
        ("hello", "the redirect has no code"),
        (CODE, "the redirect has no code"),
        ("http://127.0.0.1:8765/callback", "the redirect has no code"),
        ("http://[", "the redirect has no code"),
        (f"state={STATE}", "the redirect has no code"),
        (f"code=&state={STATE}", "the redirect has no code"),
        (f"code=%20&state={STATE}", "the redirect has no code"),
        ("&".join(["code=1"] * 1000), "the redirect has no code"),
        (
            f"https://secure.soundcloud.com/authorize?response_type=code&code_challenge=x&state={STATE}",
            "URL of the sign-in page",
        ),
        (f"code={CODE}&code=2&state={STATE}", "more than one code"),
        (f"code={CODE}&code={CODE}&state={STATE}", "more than one code"),
        (f"code={CODE}", "its state does not match - start again"),
        (f"code={CODE}&state=", "another sign-in"),
        (f"code={CODE}&state=another", "another sign-in"),
        (f"code={CODE}&state={STATE}&state={STATE}", "another sign-in"),
        (f"code={CODE}&state={STATE.lower()}", "another sign-in"),
        ("error=access_denied&state=another", "another sign-in"),
    ],
)
def test_invalid_redirects(text, message):
    with pytest.raises(SignInError, match=message) as caught:
        read_redirect(text, state=STATE)

    assert CODE not in str(caught.value)
    assert STATE not in str(caught.value)


def test_an_empty_state_is_refused():
    with pytest.raises(SignInError, match="another sign-in"):
        read_redirect(f"code={CODE}&state=", state="")

    assert not carries_state("state=", "")


def test_carries_state():
    assert carries_state(ADDRESS, STATE)
    assert carries_state(f"state={STATE}&error=odd", STATE)
    assert not carries_state(f"{ADDRESS}&state=", STATE)
    assert not carries_state("", STATE)


SECRETS = st.from_regex(r"[A-Z0-9]{12,40}", fullmatch=True)
NOISE = st.one_of(
    st.text(),
    st.text("?&=#%/:[]\"' \r\n+code"),
    st.sampled_from(["error", "error_description", "code", "state", "access_denied", "http://", "?", "&", "="]),
)


@given(text=st.one_of(st.text(), st.lists(NOISE).map("".join)), state=st.text())
@example(text="\ud800=&state=\udfff&error=\ud800", state="\ud800")
@example(text="//[?error=", state="")
def test_any_text_is_a_code_or_a_sign_in_error(text, state):
    message = ""
    try:
        read_redirect(text, state=state)
    except SignInError as error:
        message = str(error)

    assert message.isprintable()


@given(code=SECRETS, state=SECRETS, other=SECRETS, noise=st.lists(NOISE, max_size=4), order=st.permutations(range(6)))
def test_no_message_shows_a_code_or_a_state(code, state, other, noise, order):
    fields = [f"code={code}", f"state={other}", f"error={code}", f"error_description={quote(f'a {code} {state}')}"]
    fields += ["&".join(noise), f"state={state}"]
    for end in range(len(fields) + 1):
        text = "&".join(fields[place] for place in order[:end])
        try:
            read_redirect(text, state=state)
        except SignInError as error:
            shown = f"{error} {error.args} {error.code} {error.__cause__}"

            assert not any(secret in shown for secret in (code, state, other))


@pytest.mark.parametrize(
    ("redirect_uri", "address"),
    [
        ("http://127.0.0.1:8765/callback", ("127.0.0.1", 8765, "/callback")),
        ("http://localhost:3000/", ("localhost", 3000, "/")),
        ("http://localhost", ("localhost", 80, "/")),
        ("HTTP://LocalHost:1/a/b?c=d", ("localhost", 1, "/a/b")),
        ("http://[::1]:8765/callback/", ("::1", 8765, "/callback/")),
    ],
)
def test_loopback_redirect_uris(redirect_uri, address):
    assert loopback_address(redirect_uri) == address


@pytest.mark.parametrize(
    ("redirect_uri", "message"),
    [
        ("https://127.0.0.1:8765/callback", "does not begin with http://"),
        ("twistedwave://oauth2", "does not begin with http://"),
        ("", "does not begin with http://"),
        ("http://example.org/callback", "its host is not 127.0.0.1"),
        ("http://0.0.0.0:8765/callback", "its host is not 127.0.0.1"),
        ("http://localhost.example.org/", "its host is not 127.0.0.1"),
        ("http:///callback", "its host is not 127.0.0.1"),
        ("http://localhost:99999/", "not a valid URL"),
        ("http://[::1/", "not a valid URL"),
        ("http://localhost:1/\n", "characters that a URL cannot have"),
        ("http://localhost:1/a b", "characters that a URL cannot have"),
        ("http://user@localhost:1/", "user name"),
        ("http://localhost:1/#a", "fragment"),
        ("http://localhost:0/", "port 0"),
    ],
)
def test_other_redirect_uris(redirect_uri, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        loopback_address(redirect_uri)

    assert repr(redirect_uri) in str(caught.value)
    assert "paste the URL that it redirects to" in str(caught.value)


def test_the_page_escapes_html():
    page = make_page(HTTPStatus.BAD_REQUEST, "<script>", "a & b", "is it?", "").decode()

    assert "<script>" not in page
    assert "<h1>&lt;script&gt;</h1>" in page
    assert "<p>A &amp; b.</p>\n<p>Is it?</p>\n</main>" in page
    assert not any(mark in page for mark in ("src=", "href=", "url("))


def test_a_redirect_has_at_most_64_fields():
    other = "&".join(["x=1"] * 62)

    assert read_redirect(f"code={CODE}&state={STATE}&{other}", state=STATE) == CODE
    with pytest.raises(SignInError, match="the redirect has no code"):
        read_redirect(f"code={CODE}&state={STATE}&{other}&x=1", state=STATE)


@pytest.mark.parametrize(("length", "shown"), [(200, "x" * 200), (201, "x" * 199 + "\u2026")])
def test_a_description_has_at_most_200_characters(length, shown):
    with pytest.raises(SignInError) as caught:
        read_redirect(f"error=odd&error_description={'x' * length}&state={STATE}", state=STATE)

    assert caught.value.message == f"SoundCloud rejected the sign-in (odd): {shown}"


@pytest.mark.parametrize(
    ("status", "title", "method", "mood"),
    [
        (HTTPStatus.OK, "Signed in", "GET", "good"),
        (HTTPStatus.CREATED, "", "GET", "bad"),
        (HTTPStatus.BAD_REQUEST, "", "POST", "bad"),
        (HTTPStatus.METHOD_NOT_ALLOWED, "", "PUT", "bad"),
    ],
)
def test_the_response_to_a_browser(status, title, method, mood):
    head, _, page = make_page(status, title, method=method).partition(b"\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode())
    assert f"Content-Length: {len(page)}".encode() in head
    assert f"<title>{title or status.phrase}</title>".encode() in page
    assert f'<svg class="{mood}"'.encode() in page
    assert b"This URL only receives the redirect of a sign-in." in page
    assert (b"Allow: GET, HEAD, POST\r\n" in head) is (status == HTTPStatus.METHOD_NOT_ALLOWED)


def test_the_response_to_a_head_request_has_the_length_of_the_page():
    page = make_page(HTTPStatus.OK)

    assert make_page(HTTPStatus.OK, method="HEAD") == page.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def test_an_access_denied_needs_no_description():
    with pytest.raises(SignInError) as caught:
        read_redirect(f"error=access_denied&error_description=why&state={STATE}", state=STATE)

    assert (caught.value.message, caught.value.code) == ("the user denied access", "access_denied")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("is it", "Is it."),
        ("is it?", "Is it?"),
        ("now!", "Now!"),
        ("done.", "Done."),
        ("wait\u2026", "Wait\u2026"),
        ("redirect_uri=x is wrong", "redirect_uri=x is wrong."),
        ("a redirect_uri=x", "A redirect_uri=x."),
    ],
)
def test_a_sentence_is_completed(text, sentence):
    assert complete_sentence(text) == sentence
