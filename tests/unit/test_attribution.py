"""Attributions in text and HTML, and URLs of pictures."""

from typing import get_args

import pytest

from soundcloud import InvalidInputError, artwork_url, get_attribution
from soundcloud.artwork import ArtworkSize
from soundcloud.models import Comment, Me, Playlist, Track, User
from soundcloud.sandbox.media.images import SIZES
from tests.unit.test_widget import ATTACKS, Elements

FORSS = User(
    username="Forss",
    permalink_url="https://soundcloud.com/forss",
    avatar_url="https://i1.sndcdn.com/avatars-1-large.jpg",
)
LINK = "https://soundcloud.com/forss/flickermood"
SECRET = "s-AbCdEf"
COVER = "https://i1.sndcdn.com/artworks-000067273316-smsiqx-large.jpg"


def track(**fields):
    return Track(**{"title": "Flickermood", "user": FORSS, "permalink_url": LINK, "sharing": "public", **fields})


def test_a_public_track():
    credit = get_attribution(track())

    assert (credit.title, credit.uploader, credit.uploader_url) == ("Flickermood", "Forss", FORSS.permalink_url)
    assert (credit.link, credit.is_private) == (LINK, False)
    assert credit.text == f"Flickermood by Forss on SoundCloud: {LINK}"
    assert credit.html == (
        f'<a href="{LINK}">Flickermood</a> by <a href="https://soundcloud.com/forss">Forss</a>'
        ' on <a href="https://soundcloud.com">SoundCloud</a>'
    )


def test_a_playlist():
    playlist = Playlist(title="Nights", user=FORSS, permalink_url=f"{FORSS.permalink_url}/sets/nights")

    assert get_attribution(playlist).text == "Nights by Forss on SoundCloud: https://soundcloud.com/forss/sets/nights"


@pytest.mark.parametrize(
    "fields",
    [
        {"sharing": "private"},
        {"sharing": "private", "permalink_url": f"{LINK}/{SECRET}"},
        # What the document calls public may hold a secret all the same, and what says nothing may be private.
        {"permalink_url": f"{LINK}/{SECRET}"},
        {"sharing": None, "uri": f"https://api.soundcloud.com/tracks/1?secret_token={SECRET}"},
        {"sharing": None, "secret_uri": f"https://api.soundcloud.com/tracks/1?secret_token={SECRET}"},
    ],
)
def test_a_private_track_links_to_its_uploader(fields):
    credit = get_attribution(track(**fields))

    assert credit.is_private
    assert credit.link == FORSS.permalink_url
    assert credit.text == "Flickermood by Forss on SoundCloud: https://soundcloud.com/forss"
    assert credit.html.startswith('Flickermood by <a href="https://soundcloud.com/forss">Forss</a>')
    assert SECRET not in f"{credit.text}{credit.html}{credit!r}"


@pytest.mark.parametrize("user", [None, User(), User(username=" "), 5])
@pytest.mark.parametrize("cls", [Track, Playlist])
def test_a_missing_uploader(cls, user):
    with pytest.raises(InvalidInputError, match=f"this {cls.__name__} has no uploader"):
        get_attribution(cls(title="x", user=user))


def test_other_models_have_no_attribution():
    with pytest.raises(InvalidInputError, match="User has no attribution"):
        get_attribution(FORSS)


def test_missing_fields_are_omitted():
    assert (
        get_attribution(track(title="", user=User(username="Forss"), permalink_url=None)).text == "Forss on SoundCloud"
    )
    assert get_attribution(track(title=5, permalink_url=5)).text == "Forss on SoundCloud: https://soundcloud.com/forss"


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_is_escaped(attack):
    credit = get_attribution(
        track(title=attack, user=User(username=attack, permalink_url=f"https://soundcloud.com/{attack}"))
    )
    elements = Elements(credit.html)

    assert {tag for tag, _ in elements.found} == {"a"}
    assert all(set(attributes) == {"href"} for _, attributes in elements.found)
    assert all(attributes["href"].startswith("https://soundcloud.com") for _, attributes in elements.found)
    shown = " ".join(attack.split())
    if "\0" not in attack:
        assert elements.text == f"{shown} by {shown} on SoundCloud"
    assert "\n" not in credit.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " https://x", "data:text/html,x", "//x", "https://x/\nhttps://y"]
)
def test_an_unsafe_url_is_not_a_link(url):
    credit = get_attribution(track(permalink_url=url, user=User(username="Forss", permalink_url=url)))

    assert credit.link is None
    assert credit.html == 'Flickermood by Forss on <a href="https://soundcloud.com">SoundCloud</a>'


@pytest.mark.parametrize("size", get_args(ArtworkSize))
def test_every_size(size):
    expected = f"https://i1.sndcdn.com/artworks-000067273316-smsiqx-{size}.jpg"

    assert artwork_url(track(artwork_url=COVER), size) == expected
    # From any size to any other.
    assert artwork_url(track(artwork_url=expected), "large") == COVER
    assert artwork_url(track(artwork_url=expected)) == COVER.replace("large", "t500x500")


def test_the_sandbox_has_the_same_sizes():
    assert set(get_args(ArtworkSize)) == set(SIZES)


def test_which_picture_is_used():
    own, other = COVER.replace("large", "t500x500"), Track(artwork_url="https://i1.sndcdn.com/artworks-2-large.png")
    portrait = "https://i1.sndcdn.com/avatars-1-t500x500.jpg"

    assert artwork_url(track(artwork_url=COVER)) == own
    assert artwork_url(track(artwork_url="")) == portrait
    assert artwork_url(FORSS) == artwork_url(Me(avatar_url=FORSS.avatar_url)) == portrait
    assert artwork_url(Playlist(artwork_url=COVER, tracks=[other])) == own
    assert artwork_url(Playlist(tracks=[track(), other], user=FORSS)) == "https://i1.sndcdn.com/artworks-2-t500x500.png"
    assert artwork_url(Playlist(tracks=[track()], user=FORSS)) == portrait
    assert artwork_url(Playlist(tracks=5, user=5)) is None
    assert artwork_url(track(artwork_url=5, user=None)) is None
    assert artwork_url(User()) is None


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            "https://a1.sndcdn.com/images/default_avatar_large.png",
            "https://a1.sndcdn.com/images/default_avatar_large.png",
        ),
        ("https://i1.sndcdn.com/artworks-large-x-large.jpg?1", "https://i1.sndcdn.com/artworks-large-x-t67x67.jpg?1"),
        ("https://i1.sndcdn.com/artworks-large/x.jpg", "https://i1.sndcdn.com/artworks-large/x.jpg"),
        ("https://i1.sndcdn.com/artworks-1-t120x120.jpg", "https://i1.sndcdn.com/artworks-1-t120x120.jpg"),
    ],
)
def test_urls_of_other_forms(url, found):
    assert artwork_url(User(avatar_url=url), "t67x67") == found


def test_invalid_arguments():
    with pytest.raises(InvalidInputError, match="size='600': use one of original, t500x500"):
        artwork_url(FORSS, "600")
    with pytest.raises(InvalidInputError, match="Comment has no picture"):
        artwork_url(Comment())
