"""The URL and HTML of the player: resources, settings and escaping."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import jinja2
import pytest
from django.utils.html import conditional_escape
from hypothesis import given
from hypothesis import strategies as st

from soundcloud import InvalidInputError
from soundcloud._protocol.media.embeds import check_size, find_embed_target, is_private_link
from soundcloud.models import Comment, Me, Playlist, Track, User
from soundcloud.widget import iframe, player_url

LINK = "https://soundcloud.com/forss/flickermood"
NUMBER = "https://api.soundcloud.com/tracks/293"
FORSS = User(username="Forss", urn="soundcloud:users:183", permalink_url="https://soundcloud.com/forss")
TRACK = Track(title="Flickermood", user=FORSS, urn="soundcloud:tracks:293", permalink_url=LINK, sharing="public")


class Elements(HTMLParser):
    """Parses HTML as a browser does."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs)
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def frame(html):
    """Return the attributes of the only element."""
    elements = Elements(html)
    ((tag, attributes),) = elements.found
    assert (tag, elements.text) == ("iframe", "")
    return attributes


def played(url):
    """Return the `url` parameter of a player's URL."""
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "w.soundcloud.com", "/player/")
    (address,) = parse_qs(parts.query, strict_parsing=True)["url"]
    return address


@pytest.mark.parametrize(
    ("resource", "address"),
    [
        (LINK, LINK),
        (f"  {LINK}/ ", LINK),
        ("http://m.soundcloud.com/forss/flickermood?si=1&utm_source=x#t=0:10", LINK),
        ("https://user:password@www.soundcloud.com:8443/forss/flickermood", LINK),
        ("javascript://soundcloud.com/forss/flickermood", LINK),
        ("https://soundcloud.com/forss", "https://soundcloud.com/forss"),
        ("https://soundcloud.com/fo rss/ä\"'<>/x", "https://soundcloud.com/fo%20rss/%C3%A4%22%27%3C%3E/x"),
        ("https://soundcloud.com/forss/a?secret_token=s-AbC", "https://soundcloud.com/forss/a/s-AbC"),
        ("https://soundcloud.com/forss/a/s-AbC?in=x/sets/y", "https://soundcloud.com/forss/a/s-AbC"),
        ("https://soundcloud.com/forss/a/s-AbC?secret_token=s-AbC", "https://soundcloud.com/forss/a/s-AbC"),
        ("https://soundcloud.com/forss/sets/a?secret_token=s-AbC", "https://soundcloud.com/forss/sets/a/s-AbC"),
        ("https://soundcloud.com/forss/sets/a/s-AbC?secret_token=s-AbC", "https://soundcloud.com/forss/sets/a/s-AbC"),
        ("soundcloud:tracks:293", NUMBER),
        ("soundcloud%3Atracks%3A293", NUMBER),
        ("https://api.soundcloud.com/tracks/293", NUMBER),
        ("https://api.soundcloud.com/tracks/soundcloud%3Atracks%3A293", NUMBER),
        ("http://127.0.0.1:8700/tracks/soundcloud:tracks:293", NUMBER),
        ("https://api.soundcloud.com/tracks/293?secret_token=s-AbC", f"{NUMBER}?secret_token=s-AbC"),
        ("https://api.soundcloud.com/playlists/5", "https://api.soundcloud.com/playlists/5"),
        ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/forss/flickermood&color=red", LINK),
        (
            "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F293%3Fsecret_token%3Ds-AbC",
            f"{NUMBER}?secret_token=s-AbC",
        ),
        (TRACK, NUMBER),
        (FORSS, "https://api.soundcloud.com/users/183"),
        (Me(urn="soundcloud:users:183"), "https://api.soundcloud.com/users/183"),
        (Playlist(urn="soundcloud:playlists:7"), "https://api.soundcloud.com/playlists/7"),
        # A station has no number of its own: it is known by its page.
        (
            Playlist(
                urn="soundcloud:system-playlists:track-stations:5",
                permalink_url="https://soundcloud.com/discover/sets/track-stations:5",
            ),
            "https://soundcloud.com/discover/sets/track-stations:5",
        ),
    ],
)
def test_the_resource_of_the_player(resource, address):
    assert played(player_url(resource)) == address
    assert played(frame(iframe(resource))["src"]) == address


def test_an_id_needs_a_kind():
    assert played(player_url(293, kind="tracks")) == NUMBER
    assert played(player_url("7", kind="playlists")) == "https://api.soundcloud.com/playlists/7"
    with pytest.raises(InvalidInputError, match="kind="):
        player_url(293)


@pytest.mark.parametrize(
    ("resource", "arguments", "message"),
    [
        ("https://on.soundcloud.com/AbC", {}, "short URLs"),
        ("https://soundcloud.com/", {}, "front page"),
        ("https://example.com/forss/flickermood", {}, "does not contain a URN"),
        ("https://w.soundcloud.com/player/", {}, "empty string"),
        ("https://[x/", {}, "not a URL"),
        ("https://soundcloud.com/\ud800", {}, "unpaired surrogate"),
        ("soundcloud:comments:5", {}, "only tracks, users and playlists"),
        (Comment(urn="soundcloud:comments:5"), {}, "only tracks, users and playlists"),
        ("soundcloud:system-playlists:track-stations:5", {}, "pass the permalink"),
        ("soundcloud:tracks:293", {"kind": "users"}, "is not a user"),
        (TRACK, {"kind": "playlists"}, "is not a playlist"),
        (5, {"kind": "comments"}, "use one of tracks, users, playlists"),
        (Track(title="x"), {}, "no urn"),
        (None, {}, "NoneType is not a resource"),
        (LINK, {"secret_token": "AbC"}, "s-AbCdEf"),
        (LINK, {"secret_token": "s-A&auto_play=true"}, "s-AbCdEf"),
        (LINK, {"color": "red"}, "hexadecimal"),
        (LINK, {"color": 0xFF5500}, "hexadecimal"),
        (LINK, {"auto_play": 1}, "True or False"),
        (LINK, {"visual": "true"}, "True or False"),
        (LINK, {"start_track": -1}, "from 0 to 9999"),
        (LINK, {"start_track": True}, "from 0 to 9999"),
        (LINK, {"autoplay": True}, "no option 'autoplay': use one of auto_play"),
        (LINK, {"player": "https://player.example/?x"}, "is not the URL"),
    ],
)
def test_refused_requests(resource, arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        player_url(resource, **arguments)
    with pytest.raises(InvalidInputError, match=message):
        iframe(resource, **arguments)


def test_the_player_of_a_sandbox_on_another_machine():
    assert player_url(LINK, player="http://sandbox:8703/player").startswith("http://sandbox:8703/player/?url=")


def test_only_given_settings_are_sent():
    every = {
        "auto_play": True,
        "color": "#FF5500",
        "buying": False,
        "liking": False,
        "sharing": False,
        "download": True,
        "show_artwork": False,
        "show_playcount": True,
        "show_user": False,
        "show_comments": True,
        "show_reposts": False,
        "show_teaser": True,
        "hide_related": True,
        "single_active": False,
        "start_track": 3,
        "visual": True,
    }
    written = {name: [str(value).lower()] for name, value in every.items()}

    assert parse_qs(urlsplit(player_url(LINK)).query) == {"url": [LINK]}
    assert parse_qs(urlsplit(player_url(LINK, **every)).query) == {"url": [LINK], **written}
    assert player_url(LINK, color="0066cc").endswith("&color=%230066cc")
    assert player_url(LINK, player="http://127.0.0.1:8702/player/").startswith("http://127.0.0.1:8702/player/?url=")


@pytest.mark.parametrize(
    ("resource", "options", "height"),
    [
        (LINK, {}, "166"),
        (LINK, {"visual": True}, "300"),
        (LINK, {"visual": False}, "166"),
        (LINK, {"visual": True, "height": 120}, "120"),
        (f"{LINK}/s-AbC", {}, "166"),
        ("https://soundcloud.com/forss/sets/soulhack", {}, "450"),
        ("https://soundcloud.com/forss/sets/soulhack", {"visual": True}, "450"),
        ("https://soundcloud.com/forss", {}, "450"),
        ("https://soundcloud.com/forss/likes", {}, "450"),
        ("https://soundcloud.com/discover/sets/track-stations:5", {}, "450"),
        ("https://soundcloud.com/discover/weekly", {}, "450"),
        ("soundcloud:users:183", {}, "450"),
        (TRACK, {}, "166"),
        (Playlist(urn="soundcloud:playlists:7"), {}, "450"),
        (Track(urn="soundcloud:tracks:abc", permalink_url=LINK), {}, "166"),
        (User(urn="soundcloud:users:abc", permalink_url="https://soundcloud.com/forss"), {}, "450"),
        (Playlist(urn="soundcloud:system-playlists:a", permalink_url=f"{LINK}/a"), {}, "450"),
    ],
)
def test_the_default_height(resource, options, height):
    assert frame(iframe(resource, **options))["height"] == height


def test_the_iframe():
    assert frame(iframe(TRACK, width="50%")) == {
        "title": "Flickermood by Forss on SoundCloud",
        "src": player_url(TRACK),
        "width": "50%",
        "height": "166",
        "allow": "autoplay",
        "frameborder": "0",
        "scrolling": "no",
        "loading": "lazy",
    }
    assert "loading" not in frame(iframe(TRACK, lazy=False))
    assert frame(iframe(TRACK, title="Night"))["title"] == "Night"
    assert frame(iframe(FORSS))["title"] == "Forss on SoundCloud"
    assert frame(iframe(LINK))["title"] == "SoundCloud player"
    assert frame(iframe(Track(urn="soundcloud:tracks:1", title="Night")))["title"] == "Night on SoundCloud"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"title": " "}, "title is empty"),
        ({"title": 5}, "title is empty"),
        ({"width": 0}, "width=0"),
        ({"width": True}, "width=True"),
        ({"width": "100"}, "a percentage such as '100%'"),
        ({"width": '100%" onload="alert(1)'}, "width="),
        ({"height": "100%"}, "height='100%': pass a number of pixels$"),
        ({"height": 10**9}, "height="),
    ],
)
def test_invalid_attributes(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        iframe(LINK, **arguments)


ATTACKS = [
    '"><script>alert(1)</script>',
    "' onload='alert(1)",
    '" onload="alert(1)',
    "</iframe><img src=x onerror=alert(1)>",
    "&quot;&gt;&lt;script&gt;",
    "&#34; onload=&#34;alert(1)",
    "<!-- -->\0\r\n\t",
    "\u2028` onload=`alert(1)`",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_cannot_break_out_of_the_iframe(attack):
    evil = Track(
        urn="soundcloud:tracks:293",
        title=attack,
        user=User(username=attack),
        permalink_url=f"https://soundcloud.com/{attack}/{attack}",
    )
    plain = {"title", "src", "width", "height", "allow", "frameborder", "scrolling", "loading"}
    for html in (iframe(evil), iframe(LINK, title=attack), iframe(f"https://soundcloud.com/forss/{attack}")):
        attributes = frame(html)
        assert set(attributes) == plain
        assert played(attributes["src"]).startswith(("https://soundcloud.com/forss/", NUMBER))
    # Nothing is lost on the way; a browser reads NUL and line breaks in its own way.
    if attack.isprintable():
        assert frame(iframe(evil))["title"] == f"{attack} by {attack} on SoundCloud"


@given(st.text().filter(str.strip), st.text(), st.text())
def test_any_title_gives_one_iframe(title, name, path):
    for each in (
        iframe(Track(urn="soundcloud:tracks:1", title=title, user=User(username=name)), start_track=1),
        iframe(f"https://soundcloud.com/x{path}"),
        iframe(LINK, title=title),
    ):
        assert set(frame(each)) == {"title", "src", "width", "height", "allow", "frameborder", "scrolling", "loading"}


class TestPrivateThings:
    SECRET = "s-AbCdEf"

    def private(self, **fields):
        return Track(urn="soundcloud:tracks:293", sharing="private", title="Draft", **fields)

    @pytest.mark.parametrize(
        "fields",
        [
            {"secret_uri": f"{NUMBER}?secret_token=s-AbCdEf"},
            {"uri": f"{NUMBER}?secret_token=s-AbCdEf"},
            {"permalink_url": f"{LINK}/s-AbCdEf"},
            {"permalink_url": f"{LINK}?secret_token=s-AbCdEf"},
        ],
    )
    def test_the_secret_is_in_the_model(self, fields):
        assert played(player_url(self.private(**fields))) == f"{NUMBER}?secret_token={self.SECRET}"

    def test_the_secret_is_given(self):
        assert played(player_url(self.private(), secret_token=self.SECRET)) == f"{NUMBER}?secret_token={self.SECRET}"
        assert played(player_url(LINK, secret_token=self.SECRET)) == f"{LINK}/{self.SECRET}"
        assert played(player_url(f"{LINK}/{self.SECRET}", secret_token=self.SECRET)) == f"{LINK}/{self.SECRET}"

    def test_without_it_there_is_nothing_to_hear(self):
        with pytest.raises(InvalidInputError, match="secret_token="):
            player_url(self.private(permalink_url=LINK))

    def test_what_is_public_keeps_its_secret(self):
        public = Track(urn="soundcloud:tracks:293", sharing="public", uri=f"{NUMBER}?secret_token=s-AbCdEf")

        assert played(player_url(public)) == NUMBER


def test_models_that_differ_from_the_document():
    odd = Track(urn="soundcloud:tracks:293", title=5, user=7, permalink_url=["x"], sharing={}, uri=1)

    assert played(player_url(odd)) == NUMBER
    assert frame(iframe(odd))["title"] == "SoundCloud player"


def test_templates_and_notebooks_show_the_frame_as_html():
    html = iframe(TRACK)
    template = jinja2.Environment(autoescape=True).from_string("{{ html }}")

    assert isinstance(html, str)
    assert html._repr_html_() == template.render(html=html) == conditional_escape(html) == html
    assert template.render(html=str(html)).startswith("&lt;iframe")


@pytest.mark.parametrize(
    "link", ["https://soundcloud.com/forss/a/s-AbC", "https://api.soundcloud.com/tracks/293?secret_token=s-AbC"]
)
def test_a_notebook_does_not_keep_the_secret_of_a_share_link(link):
    html = iframe(link)

    assert "s-AbC" in html
    assert "s-AbC" not in html._repr_html_()
    assert "private" in html._repr_html_()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (99_999, 99_999), ("100%", 1), ("1%", 2)])
def test_the_smallest_and_the_largest_size(width, height):
    attributes = frame(iframe(LINK, width=width, height=height))

    assert (attributes["width"], attributes["height"]) == (str(width), str(height))


@pytest.mark.parametrize("size", [-1, 0, 100_000, 1.0, None])
def test_sizes_out_of_range(size):
    with pytest.raises(InvalidInputError, match="pass a number of pixels"):
        check_size("height", size, percent=False)


def test_start_track_begins_at_0():
    assert player_url(LINK, start_track=0).endswith("&start_track=0")


@pytest.mark.parametrize(
    ("url", "private"),
    [
        (f"{LINK}/s-AbC", True),
        (LINK, False),
        (f"{LINK}/more", False),
        (f"{LINK}/s-AbC/more", False),
        ("https://soundcloud.com/forss/s-AbC", False),
        ("https://soundcloud.com/forss/sets/s-AbC", False),
        ("https://soundcloud.com/forss/sets/a", False),
        ("https://soundcloud.com/forss/sets/a/s-AbC", True),
        ("https://soundcloud.com/forss/sets/a/s-AbC/more", False),
        ("https://soundcloud.com/sets/a/s-AbC", True),
        ("https://soundcloud.com/sets/sets/s-AbC", False),
        ("https://soundcloud.com/forss/reposts/s-AbC", True),
        ("https://soundcloud.com/forss/tests/s-AbC", True),
        ("https://soundcloud.com/forss", False),
        ("https://soundcloud.com/", False),
        (f"{LINK}?secret_token=s-AbC", True),
        (f"{LINK}?secret_token=AbC", False),
        ("forss/a/s-AbC", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_which_urls_are_private_share_links(url, private):
    assert is_private_link(url) is private


@pytest.mark.parametrize(
    ("path", "is_list"),
    [
        ("forss/sets", True),
        ("forss/tracks", True),
        ("forss/settings", False),
        ("discover/x", True),
        ("x/discover", False),
    ],
)
def test_which_permalinks_are_lists(path, is_list):
    assert find_embed_target(f"https://soundcloud.com/{path}", None, None).is_list is is_list


def test_a_private_model_may_name_its_secret_in_any_field_and_the_first_counts():
    both = Track(
        urn="soundcloud:tracks:293",
        sharing="private",
        secret_uri=f"{NUMBER}?secret_token=s-First",
        permalink_url=f"{LINK}/s-Second",
    )

    assert played(player_url(both)) == f"{NUMBER}?secret_token=s-First"
    assert played(player_url(both, secret_token="s-Given")) == f"{NUMBER}?secret_token=s-Given"


def test_the_url_for_oembed_is_the_permalink_of_a_model():
    found = find_embed_target(TRACK, None, None)
    bare = find_embed_target(Track(urn="soundcloud:tracks:293"), None, None)

    assert (found.url, found.oembed_url) == (NUMBER, TRACK.permalink_url)
    assert (bare.url, bare.oembed_url, bare.title) == (NUMBER, NUMBER, None)
    assert not found.is_list
