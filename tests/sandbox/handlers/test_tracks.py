"""Tracks: format, upload, update, deletion, private tracks, storefronts."""

import io
import re
import wave

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.melody import AAC_FRAME_SECONDS, MP3_FRAME_SECONDS, Melody
from soundcloud.sandbox.media.sound import tone

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def mp3(seconds):
    return Melody(1, seconds).mp3(0, round(seconds / MP3_FRAME_SECONDS))


def aac(seconds):
    frames = Melody(1, seconds).aac(0, round(seconds / AAC_FRAME_SECONDS), 100)
    # An ADTS header: AAC-LC, 48 kHz, one channel, and the length with the header itself.
    return b"".join(b"\xff\xf1" + ((0x4C40 << 24) + (len(f) + 7 << 13) + 0x1FFC).to_bytes(5, "big") + f for f in frames)


def silence(seconds):
    """Return a small WAV file: one sample of one byte per second."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1)
        file.writeframes(bytes(seconds))
    return content.getvalue()


def upload(client, *, file=None, name="tone.wav", picture=None, **fields):
    data = {f"track[{key}]": value for key, value in {"title": "A tone", **fields}.items() if value is not None}
    files = {"track[asset_data]": (name, tone(1.5) if file is None else file, "audio/wav")}
    if picture is not None:
        files["track[artwork_data]"] = ("cover.png", picture, "image/png")
    return client.post("/tracks", data=data, files=files)


def test_format_of_a_track(sandbox, app_client, track):
    assert re.fullmatch(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \+0000", track["created_at"])
    assert f"soundcloud:tracks:{track['id']}" == track["urn"]
    assert f"{sandbox.api_url}/tracks/{track['urn']}" == track["uri"]
    assert track["permalink_url"].startswith(f"https://soundcloud.com/{track['user']['permalink']}/")
    assert (track["user"]["followers_count"], track["user"]["followings_count"]) == (0, 0)
    assert ("free", "creator-pro-unlimited").count(track["user"]["subscriptions"][0]["product"]["id"])
    for name in ("policy", "available_country_codes", "purchase_title", "secret_uri"):
        assert track[name] is None
    every = app_client.get("/tracks", params={"limit": 200}).json()
    assert {None, ""} <= {item["genre"] for item in every}
    assert any(item["bpm"] is None for item in every)
    assert any(item["bpm"] is not None for item in every)
    # Hidden counts are absent.
    assert any("playback_count" not in item for item in every)


def test_tracks_by_id_and_urn(ada, track):
    for path in (str(track["id"]), track["urn"], track["urn"].replace(":", "%3A")):
        assert track["urn"] == ada.get(f"/tracks/{path}").json()["urn"]


@pytest.mark.parametrize("name", ["1", "x", "soundcloud:users:1", "soundcloud:tracks:", "-1", "9" * 40])
def test_unknown_tracks(ada, name):
    response = ada.get(f"/tracks/{name}")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json"
    assert tuple(response.json()[field] for field in ("message", "status", "errors")) == ("", "404 - Not Found", [])


def test_uploads_are_readable_and_searchable(ada, marlow):
    before = ada.get("/me").json()
    written = upload(
        ada,
        title="Zebra crossing tone",
        genre="Test",
        tag_list='tone "two words" geo:lat=43.5',
        release_date="2021-02-18",
        downloadable="false",
        license="cc-by",
        isrc="",
        picture=PNG,
    )
    track = written.json()

    assert written.status_code == 201
    assert tuple(track[name] for name in ("title", "duration", "sharing", "permalink_url")) == (
        "Zebra crossing tone",
        1500,
        "public",
        "https://soundcloud.com/ada-night/zebra-crossing-tone",
    )
    assert tuple(track[f"release_{name}"] for name in ("year", "month", "day")) == (2021, 2, 18)
    # Machine tags are hidden.
    assert track["tag_list"] == 'tone "two words"'
    assert tuple(track[n] for n in ("downloadable", "download_url", "license", "isrc")) == (False, None, "cc-by", "")
    assert track["artwork_url"].endswith("-large.jpg")
    assert track == ada.get(f"/tracks/{track['urn']}").json()
    assert track["urn"] == marlow.get("/tracks", params={"q": "zebra CROSSING"}).json()[0]["urn"]
    assert track["urn"] == marlow.get("/tracks", params={"tags": "two words"}).json()[0]["urn"]
    assert track["urn"] == ada.get("/me/tracks").json()[0]["urn"]
    assert track["urn"] == ada.get("/me/activities/all/own").json()["collection"][0]["origin"]["urn"]
    after = ada.get("/me").json()
    assert before["track_count"] + 1 == after["track_count"]
    assert before["quota"]["upload_seconds_used"] < after["quota"]["upload_seconds_used"]
    assert {"hls_aac_160_url", "preview_mp3_128_url"} <= set(ada.get(f"/tracks/{track['urn']}/streams").json())
    # Tracks are downloadable by default. The same title gets another permalink.
    second = upload(ada, title="Zebra crossing tone").json()
    assert (second["downloadable"], second["permalink_url"].rsplit("/", 1)[1]) == (True, "zebra-crossing-tone-2")


@pytest.mark.parametrize(("make", "name"), [(tone, "t.wav"), (mp3, "t.mp3"), (aac, "t.AAC")])
def test_duration_of_uploads(ada, make, name):
    duration = upload(ada, file=make(3.0), name=name).json()["duration"]

    assert 2_900 < duration < 3_100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"title": None}, "Parameter track[title] is missing."),
        ({"title": " "}, "title can not be blank."),
        ({"file": b"no sound at all"}, "unable to process provided asset_data"),
        ({"file": b""}, "unable to process provided asset_data"),
        ({"file": b"fLaC" + bytes(60)}, "unable to process provided asset_data"),
        ({"file": b"RIFF" + bytes(4) + b"WAVE" + bytes(40)}, "unable to process provided asset_data"),
        ({"name": "n" * 300 + ".wav"}, "The file's name is too long."),
        ({"sharing": "secret"}, "sharing is not one of private, public."),
        ({"downloadable": "maybe"}, "downloadable is neither true nor false."),
        ({"release_date": "18.2.2021"}, "release_date is not a date, written yyyy-mm-dd."),
        ({"release_date": "2021-02-30"}, "release_date is not a date, written yyyy-mm-dd."),
        ({"picture": b"no picture"}, "unable to process provided artwork_data"),
    ],
)
def test_invalid_uploads(ada, arguments, message):
    before = ada.get("/me").json()["track_count"]
    response = upload(ada, **arguments)

    assert (422, message) == (response.status_code, response.json()["message"])
    assert before == ada.get("/me").json()["track_count"]


def test_upload_needs_a_file_and_a_form(ada):
    without = ada.post("/tracks", data={"track[title]": "x"})
    path = ada.post("/tracks", data={"track[title]": "x", "track[asset_data]": "music/tone.wav"})
    json = ada.post("/tracks", json={"track": {"title": "x"}})
    broken = ada.post("/tracks", content=b"x", headers={"content-type": "multipart/form-data"})

    assert (without.status_code, without.json()["message"]) == (422, "Parameter track[asset_data] is missing.")
    assert path.status_code == 422
    assert json.status_code == 400
    assert broken.status_code == 400


def test_upload_over_the_quota():
    # A free plan has three hours.
    long, rest, second = map(silence, (10_801, 10_800, 1))
    with Sandbox(dataset={"users": [{"permalink": "bo", "plan": "Free"}]}) as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token('bo')}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False) as bo:
            responses = [upload(bo, file=file) for file in (long, rest, second)]
            count = bo.get("/me").json()["track_count"]

    assert [response.status_code for response in responses] == [400, 201, 400]
    assert responses[0].json()["message"] == "invalid request"
    assert responses[0].headers["x-sandbox-invented"] == "status, body"
    assert count == 1


def test_update(ada):
    track = upload(ada, description="old", genre="Test").json()
    urn = track["urn"]
    changed = ada.put(
        f"/tracks/{urn}",
        json={"track": {"title": "Renamed walrus", "description": None, "metadata_artist": "W.", "unknown": 1}},
    )

    assert changed.status_code == 200
    assert {**track, "title": "Renamed walrus", "description": None, "metadata_artist": "W."} == {
        **changed.json(),
        "waveform_url": track["waveform_url"],
    }
    assert urn == ada.get("/tracks", params={"q": "walrus"}).json()[0]["urn"]
    form = ada.put(
        f"/tracks/{urn}",
        data={"track[genre]": "", "track[sharing]": "private"},
        files={"track[artwork_data]": ("cover.png", io.BytesIO(PNG), "image/png")},
    ).json()
    assert (form["genre"], form["sharing"], form["title"]) == ("", "private", "Renamed walrus")
    assert form["artwork_url"]
    assert ada.get("/tracks", params={"q": "walrus"}).json() == []


def test_invalid_updates(ada, marlow, track):
    own = upload(ada).json()["urn"]

    assert ada.put(f"/tracks/{track['urn']}", json={"track": {"title": "mine"}}).status_code == 403
    assert marlow.delete(f"/tracks/{own}").status_code == 403
    assert ada.put("/tracks/1", json={"track": {}}).status_code == 404
    assert ada.delete("/tracks/1").status_code == 404
    for body in ({"title": "unwrapped"}, {"track": 1}, [1]):
        assert ada.put(f"/tracks/{own}", json=body).status_code == 400
    assert ada.put(f"/tracks/{own}", content=b"{").status_code == 400
    for fields in (
        {"title": ""},
        {"title": 1},
        {"license": "mine"},
        {"release_date": 2021},
        {"release_date": []},
        {"downloadable": []},
        {"artwork_data": {}},
    ):
        assert ada.put(f"/tracks/{own}", json={"track": fields}).status_code == 422


def test_deleted_tracks_are_removed_from_all_lists(ada, marlow):
    urn = upload(ada, title="Doomed ocelot").json()["urn"]
    marlow.post(f"/likes/tracks/{urn}")
    marlow.post(f"/reposts/tracks/{urn}")
    marlow.post(f"/tracks/{urn}/comments", json={"comment": {"body": "x"}})
    playlist = ada.post("/playlists", json={"playlist": {"title": "x", "tracks": [{"urn": urn}]}}).json()["urn"]
    deleted = ada.delete(f"/tracks/{urn}")

    assert (deleted.status_code, deleted.json()) == (200, {"status": "200 - OK"})
    for path in ("", "/comments", "/streams", "/favoriters", "/reposters", "/related", "/preview"):
        assert ada.get(f"/tracks/{urn}{path}").status_code == 404
    assert ada.get("/tracks", params={"q": "ocelot"}).json() == []
    for client, path in ((marlow, "/me/likes/tracks"), (marlow, "/me/reposts/tracks"), (ada, "/me/tracks")):
        assert urn not in [track["urn"] for track in client.get(path).json()]
    assert ada.get(f"/playlists/{playlist}").json()["tracks"] == []
    assert ada.get("/resolve", params={"url": "https://soundcloud.com/ada-night/doomed-ocelot"}).status_code == 404
    # Ids are not reused.
    assert urn != upload(ada).json()["urn"]


def test_private_tracks(ada, marlow, app_client):
    track = upload(ada, title="Hidden lemur", sharing="private").json()
    urn, secret = track["urn"], track["secret_uri"]
    token = secret.split("secret_token=")[1]

    assert token.startswith("s-")
    assert track["uri"] == secret
    assert f"https://soundcloud.com/ada-night/hidden-lemur/{token}" == track["permalink_url"]
    for client in (marlow, app_client):
        assert client.get(f"/tracks/{urn}").status_code == 404
        assert client.get(f"/tracks/{urn}", params={"secret_token": "s-wrong"}).status_code == 404
        assert client.get(f"/tracks/{urn}/streams").status_code == 404
        assert urn == client.get(f"/tracks/{urn}", params={"secret_token": token}).json()["urn"]
        assert client.get(f"/tracks/{urn}/streams", params={"secret_token": token}).status_code == 200
        assert client.get("/tracks", params={"urns": urn}).json() == []
        assert client.get("/tracks", params={"q": "lemur"}).json() == []
        listed = client.get(f"/users/{track['user']['urn']}/tracks", params={"limit": 200}).json()
        assert urn not in [item["urn"] for item in listed]
        assert "private" not in {item["sharing"] for item in listed}
    assert marlow.post(f"/likes/tracks/{urn}").status_code == 404
    assert urn == ada.get(f"/users/{track['user']['urn']}/tracks").json()[0]["urn"]


def test_storefront(ada, marlow, sign_in):
    own = upload(ada).json()["urn"]
    card = {"title": "Buy it", "type": "vinyl", "link": "https://example.com/x", "price": "9"}
    response = ada.put(f"/tracks/{own}/storefront", json=card)

    assert response.status_code == 200
    assert {**card, "track_urn": own, "link_title": None, "description": None, "image_url": None} == response.json()
    cleared = ada.put(f"/tracks/{own}/storefront", json={**card, "price": None}).json()
    assert cleared["price"] is None
    for changes in ({"title": ""}, {"title": "x" * 101}, {"type": "hat"}, {"link": None}, {"price": 9}):
        assert ada.put(f"/tracks/{own}/storefront", json={**card, **changes}).status_code == 400
    assert ada.put(f"/tracks/{own}/storefront", json={"storefront": card}).status_code == 400
    assert marlow.put(f"/tracks/{own}/storefront", json=card).status_code == 403
    assert ada.put("/tracks/1/storefront", json=card).status_code == 404


def test_storefront_needs_a_subscription(ada, sign_in):
    users = ada.get("/users").json()["collection"]
    free = next(user for user in users if user["plan"] == "Free")
    client = sign_in(free["permalink"])
    own = upload(client).json()["urn"]
    response = client.put(f"/tracks/{own}/storefront", json={"title": "x", "type": "cd", "link": "https://example.com"})

    assert response.status_code == 403
    assert response.json()["message"] == "An active Pro Unlimited subscription is required for this action"
    assert client.get("/me").json()["quota"]["upload_seconds_left"] >= 0


def test_related(ada, track, fetch_pages):
    pages = fetch_pages(ada, f"/tracks/{track['urn']}/related", limit=20)
    found = [item["urn"] for page in pages for item in page["collection"]]

    assert 20 < len(found) == len(set(found))
    assert track["urn"] not in found
    assert isinstance(ada.get(f"/tracks/{track['urn']}/related").json(), list)
    users = ada.get(f"/users/{track['user']['urn']}/related").json()
    assert track["user"]["urn"] not in [user["urn"] for user in users]


def test_unknown_paths_and_methods(ada, track):
    assert ada.get("/no/such/path").status_code == 404
    response = ada.patch(f"/tracks/{track['urn']}")
    assert (response.status_code, response.text) == (405, "unknown route")
