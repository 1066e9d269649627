"""Tokens: parsing, storage, and that they show no secrets."""

import copy
import pickle
import traceback
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from soundcloud._protocol.secrets import Secret, SecretBytes
from soundcloud.errors import InvalidInputError
from soundcloud.tokens import Token

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCESS, REFRESH = "ACCESS-SECRET", "REFRESH-SECRET"
FULL = Token(ACCESS, REFRESH, NOW, "*", "Bearer", "user", (NOW,))
RESPONSE = {
    "access_token": ACCESS,
    "refresh_token": REFRESH,
    "expires_in": 3599,
    "scope": "",
    "token_type": "Bearer",
}


def test_a_complete_response():
    token = Token.from_response(RESPONSE, now=NOW, grant="user")

    assert Token(ACCESS, REFRESH, NOW + timedelta(seconds=3599), "", "Bearer", "user") == token


def test_only_the_access_token_is_required():
    assert Token(ACCESS) == Token.from_response({"access_token": ACCESS, "more": [1]}, now=NOW)


@pytest.mark.parametrize("value", [None, "", 1, True, [ACCESS], {"a": 1}])
def test_a_response_without_an_access_token(value):
    for fields in (RESPONSE | {"access_token": value}, {}):
        with pytest.raises(ValueError, match="the response has no access token") as caught:
            Token.from_response(fields, now=NOW)

        assert REFRESH not in str(caught.value)


@pytest.mark.parametrize("name", ["refresh_token", "scope", "token_type"])
@pytest.mark.parametrize("value", [None, 1, True, ["*"], {"a": 1}])
def test_fields_of_a_wrong_type_are_ignored(name, value):
    token = Token.from_response(RESPONSE | {name: value}, now=NOW)

    assert attrs.evolve(Token.from_response(RESPONSE, now=NOW), **{name: None}) == token


@pytest.mark.parametrize("value", [NOW.timestamp(), "2026-11-23T12:00:00Z", NOW.date(), NOW.replace(tzinfo=None), True])
def test_an_expiry_is_a_datetime_with_a_time_zone(value):
    with pytest.raises(InvalidInputError, match="pass a datetime with a time zone"):
        Token(ACCESS, expires_at=value)


@pytest.mark.parametrize("value", ["", "App", 1, ("app",), ["app"]])
def test_a_grant_is_app_or_user(value):
    with pytest.raises(InvalidInputError, match="pass 'app', 'user' or None"):
        Token(ACCESS, grant=value)


def test_an_empty_refresh_token_is_none():
    assert Token.from_response(RESPONSE | {"refresh_token": ""}, now=NOW).refresh_token is None


@pytest.mark.parametrize(
    "seconds", [None, "3599", True, [3599], float("nan"), float("inf"), float("-inf"), 10**20, -(10**20), 10**400]
)
def test_an_invalid_expiry_is_unknown(seconds):
    assert Token.from_response(RESPONSE | {"expires_in": seconds}, now=NOW).expires_at is None


@pytest.mark.parametrize("seconds", [0, 1, -5, 0.5, 3599, 10**9])
def test_the_expiry_is_counted_from_the_response(seconds):
    assert (
        NOW + timedelta(seconds=seconds) == Token.from_response(RESPONSE | {"expires_in": seconds}, now=NOW).expires_at
    )


def test_expires_within():
    token = Token(ACCESS, expires_at=NOW + timedelta(seconds=60))

    assert not token.expires_within(timedelta(seconds=59), now=NOW)
    assert token.expires_within(timedelta(seconds=60), now=NOW)
    assert token.expires_within(timedelta(seconds=61), now=NOW)
    assert not token.expires_within(timedelta(0), now=NOW)
    assert token.expires_within(timedelta(0), now=NOW + timedelta(seconds=60))
    assert token.expires_within(timedelta(seconds=60), now=NOW.astimezone(timezone(timedelta(hours=-8))))
    assert not Token(ACCESS).expires_within(timedelta.max, now=NOW)


moments = st.datetimes(
    timezones=st.one_of(
        st.just(UTC),
        st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
texts = st.none() | st.text()
tokens = st.builds(
    Token,
    st.text(min_size=1),
    texts,
    st.none() | moments,
    texts,
    texts,
    st.sampled_from([None, "app", "user"]),
    st.lists(moments).map(tuple),
)


@given(tokens)
def test_dict_round_trip(token):
    assert token == Token.from_dict(token.to_dict())


@given(tokens)
def test_to_dict_returns_json_values(token):
    data = token.to_dict()

    assert {
        "access_token",
        "refresh_token",
        "expires_at",
        "scope",
        "token_type",
        "grant",
        "app_token_requests",
    } == data.keys()
    assert all(value is None or isinstance(value, str | list) for value in data.values())
    assert all(isinstance(moment, str) for moment in data["app_token_requests"])


def test_fields_that_are_not_stored_are_unknown():
    assert Token(ACCESS) == Token.from_dict({"access_token": ACCESS})
    assert Token(ACCESS) == Token.from_dict(
        {"access_token": ACCESS, "grant": "other", "app_token_requests": None, "more": 1}
    )


def test_a_stored_time_without_a_zone_is_utc():
    token = Token.from_dict(
        {"access_token": ACCESS, "expires_at": "2026-11-23T12:00:00", "app_token_requests": ["2026-11-23"]}
    )

    assert token.expires_at == NOW
    assert (datetime(2026, 11, 23, tzinfo=UTC),) == token.app_token_requests


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"refresh_token": REFRESH},
        *({"access_token": value, "refresh_token": REFRESH} for value in (None, "", 1, [ACCESS])),
        *({"access_token": ACCESS, "expires_at": value} for value in (1, "", "tomorrow", ["2026-11-23"])),
        *({"access_token": ACCESS, "app_token_requests": value} for value in (1, "2026-11-23", [1], ["soon"], [None])),
        {"access_token": ACCESS, "grant": ["app"]},
        [],
        ACCESS,
        None,
        1,
    ],
)
def test_from_dict_refuses_other_values(data):
    with pytest.raises(ValueError, match=r".") as caught:
        Token.from_dict(data)

    assert "SECRET" not in str(caught.value)
    assert REFRESH not in str(caught.value)


SHOWN = {
    "repr": repr,
    "str": str,
    "format": format,
    "f-string": lambda token: f"{token} {token!r} {token!s} {token!a} {token=}",
    "percent": lambda token: "%s %r" % (token, token),  # noqa: UP031 - as logging does
    "in a list": lambda token: str([token, {"token": token}]),
    "in an exception": lambda token: repr(ValueError(token)),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("token", [FULL, Token(ACCESS), Token(ACCESS, REFRESH)], ids=["full", "bare", "pair"])
def test_a_token_shows_no_secret(show, token):
    assert "SECRET" not in show(token)
    assert "access_token=***" in show(token)


def test_rich_shows_no_secret():
    text = pretty_repr([FULL], max_string=5)

    assert "SECRET" not in pretty_repr(FULL)
    assert not {ACCESS[:5], REFRESH[:5]} & {text[start : start + 5] for start in range(len(text))}


@pytest.mark.parametrize("secret", [Secret("a-secret"), SecretBytes(b"a-secret")])
def test_a_part_of_a_secret_shows_nothing(secret):
    assert "a-s" not in repr(secret[:3]) + pretty_repr(secret, max_string=3)
    assert len(secret[:3]) == 3


def test_repr():
    assert repr(FULL) == (
        "Token(access_token=***, refresh_token=***, expires_at=2026-11-23T12:00:00+00:00, grant=user)"
    )
    assert repr(Token(ACCESS)) == "Token(access_token=***, refresh_token=None)"


def test_a_traceback_with_local_variables_shows_no_secret():
    def fail(token):
        held = [token, {"token": token}, (token, 1)]
        raise RuntimeError(f"with {held}")

    with pytest.raises(RuntimeError) as caught:
        fail(FULL)
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())

    assert "held = [Token(access_token=***" in text
    assert "SECRET" not in text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_token_cannot_be_pickled(protocol):
    for value in (FULL, [FULL], {"token": FULL}):
        with pytest.raises(TypeError, match="a Token cannot be pickled") as caught:
            pickle.dumps(value, protocol)

        assert "SECRET" not in str(caught.value)


def test_a_copy_is_the_same_object():
    assert FULL is copy.copy(FULL)
    assert FULL is copy.deepcopy(FULL)
    assert FULL is copy.deepcopy({"tokens": [FULL]})["tokens"][0]


def test_a_token_is_immutable():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        FULL.access_token = "other"
    with pytest.raises(AttributeError):
        FULL.more = "other"

    assert Token.from_dict(FULL.to_dict()) == FULL
    assert hash(FULL) == hash(Token.from_dict(FULL.to_dict()))
    assert Token(ACCESS) != FULL
