"""Users, likes, reposts, follows, comments and the feed."""

import pytest


def get_counts(client, urn):
    track = client.get(f"/tracks/{urn}").json()
    return {name: track[name] for name in ("favoritings_count", "reposts_count", "comment_count", "user_favorite")}


def read_urns(response):
    value = response.json()
    return [item["urn"] for item in (value["collection"] if isinstance(value, dict) else value)]


def test_like(ada, marlow, track):
    urn, me = track["urn"], ada.get("/me").json()
    marlow.delete(f"/likes/tracks/{urn}")
    ada.delete(f"/likes/tracks/{urn}")
    before, likes = get_counts(ada, urn), ada.get("/me").json()["public_favorites_count"]
    liked = ada.post(f"/likes/tracks/{urn}")

    assert (liked.status_code, liked.json()) == (200, {"status": "200 - OK"})
    assert {**before, "favoritings_count": before["favoritings_count"] + 1, "user_favorite": True} == get_counts(
        ada, urn
    )
    assert get_counts(marlow, urn)["user_favorite"] is False
    assert ada.post(f"/likes/tracks/{urn}").status_code == 200
    assert before["favoritings_count"] + 1 == get_counts(ada, urn)["favoritings_count"]
    assert urn == read_urns(ada.get("/me/likes/tracks"))[0]
    assert urn == read_urns(marlow.get(f"/users/{me['urn']}/likes/tracks"))[0]
    assert urn == read_urns(marlow.get(f"/users/{me['urn']}/favorites"))[0]
    assert me["urn"] == read_urns(marlow.get(f"/tracks/{urn}/favoriters"))[0]
    assert likes + 1 == ada.get("/me").json()["public_favorites_count"]
    unliked = ada.delete(f"/likes/tracks/{urn}")
    assert (unliked.status_code, unliked.json()) == (200, {"status": "200 - OK"})
    assert before == get_counts(ada, urn)
    assert urn not in read_urns(ada.get("/me/likes/tracks"))
    assert ada.delete(f"/likes/tracks/{urn}").status_code == 404


def test_repost(ada, marlow, track):
    urn, me = track["urn"], ada.get("/me").json()["urn"]
    marlow.put(f"/me/followings/{me}")
    ada.delete(f"/reposts/tracks/{urn}")
    before = get_counts(ada, urn)
    reposted = ada.post(f"/reposts/tracks/{urn}")

    assert (reposted.status_code, reposted.content) == (201, b"")
    assert before["reposts_count"] + 1 == get_counts(ada, urn)["reposts_count"]
    assert urn == read_urns(ada.get("/me/reposts/tracks"))[0]
    assert urn == read_urns(marlow.get(f"/users/{me}/reposts/tracks"))[0]
    assert me == read_urns(marlow.get(f"/tracks/{urn}/reposters"))[0]
    newest = marlow.get("/me/feed").json()["collection"][0]
    assert ("track:repost", me, urn) == (newest["type"], newest["reposter"], newest["origin"]["urn"])
    assert newest == marlow.get("/me/feed/tracks").json()["collection"][0]
    assert ada.delete(f"/reposts/tracks/{urn}").json() == {"status": "200 - OK"}
    assert before == get_counts(ada, urn)
    assert newest != marlow.get("/me/feed").json()["collection"][0]
    assert ada.delete(f"/reposts/tracks/{urn}").status_code == 404


def test_like_and_repost_playlists(ada, marlow):
    me = ada.get("/me").json()["urn"]
    urn = read_urns(marlow.get("/playlists"))[-1]
    ada.delete(f"/likes/playlists/{urn}")
    likes = ada.get(f"/playlists/{urn}").json()["likes_count"]

    assert ada.post(f"/likes/playlists/{urn}").json() == {"status": "200 - OK"}
    assert likes + 1 == ada.get(f"/playlists/{urn}").json()["likes_count"]
    assert urn == read_urns(ada.get("/me/likes/playlists"))[0]
    assert urn == read_urns(marlow.get(f"/users/{me}/likes/playlists"))[0]
    assert ada.delete(f"/likes/playlists/{urn}").json() == {"status": "200 - OK"}
    ada.delete(f"/reposts/playlists/{urn}")
    assert ((response := ada.post(f"/reposts/playlists/{urn}")).status_code, response.content) == (201, b"")
    assert urn == read_urns(ada.get("/me/reposts/playlists"))[0]
    assert urn == read_urns(marlow.get(f"/users/{me}/reposts/playlists"))[0]
    assert me == read_urns(marlow.get(f"/playlists/{urn}/reposters"))[0]
    own = ada.get("/me/activities/all/own").json()["collection"][0]
    assert ("playlist:repost", urn) == (own["type"], own["origin"]["urn"])
    assert "tracks" not in own["origin"]
    assert ada.delete(f"/reposts/playlists/{urn}").status_code == 200
    assert ada.delete(f"/reposts/playlists/{urn}").status_code == 404


def test_follow(ada, marlow):
    me, other = ada.get("/me").json(), marlow.get("/me").json()
    ada.delete(f"/me/followings/{other['urn']}")
    before = marlow.get("/me").json()["followers_count"]
    followed = ada.put(f"/me/followings/{other['urn']}")

    assert (201, other["urn"], before + 1) == (
        followed.status_code,
        followed.json()["urn"],
        followed.json()["followers_count"],
    )
    again = ada.put(f"/me/followings/{other['urn']}")
    assert (again.status_code, again.json()) == (200, {"status": "200 - Successful"})
    assert other["urn"] == read_urns(ada.get("/me/followings"))[0]
    assert me["urn"] == read_urns(marlow.get("/me/followers"))[0]
    assert me["urn"] == read_urns(ada.get(f"/users/{other['urn']}/followers"))[0]
    assert other["urn"] == read_urns(marlow.get(f"/users/{me['id']}/followings"))[0]
    assert ada.get(f"/me/followings/{other['urn']}").status_code == 200
    assert marlow.get(f"/me/followers/{me['urn']}").status_code == 200
    assert marlow.get(f"/users/{me['urn']}/followings/{other['urn']}").status_code == 200
    assert ada.delete(f"/me/followings/{other['urn']}").json() == {"status": "Status(200) - OK"}
    assert before == marlow.get("/me").json()["followers_count"]
    for response in (
        ada.delete(f"/me/followings/{other['urn']}"),
        ada.get(f"/me/followings/{other['urn']}"),
        marlow.get(f"/me/followers/{me['urn']}"),
        marlow.get(f"/users/{me['urn']}/followings/{other['urn']}"),
        ada.put("/me/followings/1"),
    ):
        assert response.status_code == 404
    assert ada.put(f"/me/followings/{me['urn']}").status_code == 422


def test_comment(ada, marlow, track):
    urn = track["urn"]
    before = get_counts(ada, urn)["comment_count"]
    written = ada.post(f"/tracks/{urn}/comments", json={"comment": {"body": "Schön <b>", "timestamp": "1500.7"}})
    unpinned = ada.post(f"/tracks/{urn}/comments", json={"comment": {"body": "again"}})

    assert written.status_code == 201
    assert ("Schön <b>", 1500, urn) == tuple(written.json()[name] for name in ("body", "timestamp", "track_urn"))
    assert unpinned.json()["timestamp"] is None
    listed = marlow.get(f"/tracks/{urn}/comments", params={"limit": 2}).json()
    assert [unpinned.json(), written.json()] == listed["collection"]
    assert before + 2 == get_counts(ada, urn)["comment_count"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"comment": {}}, 422),
        ({"comment": {"body": "  "}}, 422),
        ({"comment": {"body": "x", "timestamp": "soon"}}, 422),
        ({"comment": {"body": "x", "timestamp": -1}}, 422),
        ({"comment": {"body": "x", "timestamp": 1e300}}, 422),
        ({"comment": {"body": "x", "timestamp": 10**9}}, 422),
        ({"body": "x"}, 422),
        ([], 400),
    ],
)
def test_invalid_comments(ada, track, body, status):
    assert status == ada.post(f"/tracks/{track['urn']}/comments", json=body).status_code


def test_lone_surrogates_are_rejected(ada, track):
    content = b'{"comment": {"body": "\\ud800"}}'

    assert ada.post(f"/tracks/{track['urn']}/comments", content=content).status_code == 400


def test_comment_without_its_wrapper(ada, track):
    response = ada.post(f"/tracks/{track['urn']}/comments", json={"body": "x"})

    assert response.json()["message"] == "Parameter comment is missing."
    assert "status" not in response.json()


def test_comments_can_be_disabled(ada, marlow):
    own = ada.get("/me/tracks").json()[0]["urn"]
    ada.put(f"/tracks/{own}", json={"track": {"commentable": False, "reveal_comments": False}})

    assert marlow.post(f"/tracks/{own}/comments", json={"comment": {"body": "x"}}).status_code == 403
    assert marlow.get(f"/tracks/{own}/comments").json()["collection"] == []


def test_comments_page(ada, fetch_pages):
    most = max(ada.get("/tracks", params={"limit": 200}).json(), key=lambda track: track["comment_count"])
    every = [most] + [
        item
        for page in fetch_pages(ada, "/tracks", limit=200)
        for item in page["collection"]
        if item["comment_count"] > most["comment_count"]
    ]
    most = max(every, key=lambda track: track["comment_count"])
    pages = fetch_pages(ada, f"/tracks/{most['urn']}/comments")

    assert len(pages) > 1
    found = [comment["urn"] for page in pages for comment in page["collection"]]
    assert most["comment_count"] == len(found) == len(set(found))
    second = ada.get(f"/tracks/{most['urn']}/comments", params={"offset": 10, "limit": 5}).json()
    assert found[10:15] == [comment["urn"] for comment in second["collection"]]


def test_app_tokens_are_read_only(app_client, track):
    urn = track["urn"]

    assert app_client.get(f"/tracks/{urn}").status_code == 200
    for method, path in (
        ("GET", "/me"),
        ("GET", "/me/tracks"),
        ("GET", "/me/feed"),
        ("GET", "/me/connections"),
        ("POST", f"/likes/tracks/{urn}"),
        ("DELETE", f"/reposts/tracks/{urn}"),
        ("PUT", f"/me/followings/{track['user']['urn']}"),
        ("POST", f"/tracks/{urn}/comments"),
        ("PUT", f"/tracks/{urn}"),
        ("DELETE", f"/tracks/{urn}"),
        ("POST", "/tracks"),
        ("POST", "/playlists"),
    ):
        response = app_client.request(method, path)
        assert (response.status_code, response.json()["message"]) == (401, "")


def test_missing_users(ada):
    # The lists are empty unless SoundCloud's document has a 404 for them.
    for path in ("followers", "followings", "tracks", "playlists", "favorites", "web-profiles"):
        response = ada.get(f"/users/1/{path}")
        assert response.status_code == 200
        assert response.json() in ([], {"collection": [], "next_href": None})
    for path in ("", "/likes/tracks", "/likes/playlists", "/reposts/tracks", "/reposts/playlists", "/related"):
        assert ada.get(f"/users/1{path}").status_code == 404


def test_me(ada, marlow):
    me = ada.get("/me").json()

    assert ("ada-night", f"soundcloud:users:{me['id']}") == (me["username"], me["urn"])
    assert {name: me["quota"][name] for name in ("unlimited_upload_quota", "upload_seconds_left")} == {
        "unlimited_upload_quota": True,
        "upload_seconds_left": None,
    }
    assert me["subscriptions"] == [{"product": {"id": "creator-pro-unlimited", "name": "Pro Unlimited"}}]
    assert me["private_tracks_count"] >= 1
    assert me["private_playlists_count"] >= 1
    assert "quota" not in marlow.get(f"/users/{me['urn']}").json()
    assert [item["service"] for item in ada.get("/me/connections").json()] == ["bandcamp", "instagram"]
    assert len(ada.get(f"/users/{me['urn']}/web-profiles").json()) == 2


def test_feed(ada):
    page = ada.get("/me/activities", params={"limit": 20}).json()
    ahead = ada.get(page["future_href"]).json()

    assert {"track", "track:repost"} <= {item["type"] for item in page["collection"]} | {"track", "track:repost"}
    assert ahead["collection"] == []
    assert page["future_href"] == ahead["future_href"]
    later = ada.get("/me/feed", params={"limit": 5, "cursor": page["next_href"].split("cursor=")[1]}).json()
    dates = [item["created_at"] for item in page["collection"] + later["collection"]]
    assert sorted(dates, reverse=True) == dates
    assert all(item["origin"]["kind"] == "track" for item in ada.get("/me/activities/tracks").json()["collection"])
    assert ada.get("/me/followings/tracks").json()
