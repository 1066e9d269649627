"""Models in the frameworks and libraries of the programs that use them."""

import json
from typing import Annotated

import attrs
import msgspec
import pandas
import polars
import pytest
from cattrs.preconf.json import make_converter
from fastapi import FastAPI
from fastapi.testclient import TestClient
from litestar import Litestar, get
from litestar.testing import TestClient as LitestarClient
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from soundcloud import Me, Playlist, Track, User
from soundcloud.models import Activities
from tests.helpers.always_sent import PRIVATE, SECRET, TRACK, USER, page_of


class Album(BaseModel):
    track: Track
    others: list[User] = []


class TestFrameworks:
    def test_fastapi(self):
        app, track = FastAPI(), page_of(PRIVATE)[0]

        @app.get("/track")
        def one() -> Track:
            return track

        @app.get("/tracks")
        def many() -> list[Track]:
            return [track, Track.from_dict(TRACK)]

        @app.post("/album")
        def title(album: Album) -> str:
            return album.track.title

        client = TestClient(app)
        assert client.get("/track").json() == track.to_dict()
        assert [each["title"] for each in client.get("/tracks").json()] == ["Night", "Night"]
        assert client.post("/album", json={"track": TRACK}).json() == "Night"
        refused = client.post("/album", json={"track": {"title": 3}})
        assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["body", "track"])
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
        described = schemas["Track-Output"]
        assert described["properties"]["created_at"] == {"type": "string", "format": "date-time", "title": "Created At"}
        assert described["properties"]["user"] == {"$ref": "#/components/schemas/User-Output"}
        assert {"urn", "title", "user"} <= set(described["required"])
        assert schemas["Track-Input"]["required"] == ["kind", "title", "urn", "user"]
        for body in ({}, {"title": "x"}, [], USER):
            assert client.post("/album", json={"track": body}).status_code == 422

    def test_a_route_sends_the_fields_of_the_declared_class(self):
        app = FastAPI()
        me = Me.from_dict(USER | {"locale": "de", "primary_email_confirmed": True})

        @app.get("/user")
        def user() -> User:
            return me

        @app.get("/part", response_model_include={"title", "user"}, response_model_exclude={"user": {"uri"}})
        def part() -> Track:
            return page_of(TRACK)[0]

        @app.get("/short", response_model_exclude_none=True)
        def short() -> Track:
            return page_of(TRACK)[0]

        client = TestClient(app)
        assert client.get("/user").json() == User.from_dict(USER).to_dict()
        assert client.get("/part").json().keys() == {"title", "user"}
        assert client.get("/part").json()["user"]["username"] == "ada"
        assert "uri" not in client.get("/part").json()["user"]
        assert None not in client.get("/short").json().values()

    def test_pydantic(self):
        album = Album(track=Track.from_dict(TRACK), others=[USER])  # type: ignore[list-item]

        assert Album.model_validate_json(album.model_dump_json()) == album
        assert album.model_dump()["others"][0]["username"] == "ada"
        assert TypeAdapter(Activities).json_schema()["title"] == "Activities"
        chosen = Album(track=page_of(TRACK)[0]).model_dump(exclude={"track": {"user"}}, exclude_none=True)
        assert ("user" in chosen["track"], chosen["track"]["title"]) == (False, "Night")
        adapter = TypeAdapter(list[Annotated[Track | User | Playlist, Field(discriminator="kind")]])
        assert [type(each) for each in adapter.validate_python([USER, TRACK])] == [User, Track]
        assert isinstance(TypeAdapter(Track | User).validate_python(USER), User)
        with pytest.raises(ValidationError, match="no Track can be created"):
            Album(track={"title": 3})  # type: ignore[arg-type]

    def test_litestar(self):
        track = page_of(TRACK)[0]

        @get("/track", sync_to_thread=False)
        def one() -> Track:
            return track

        with LitestarClient(Litestar([one])) as client:
            answer = client.get("/track").json()
            schemas = client.get("/schema/openapi.json").json()["components"]["schemas"]
        assert (answer["title"], answer["user"]["username"]) == ("Night", "ada")
        assert any(name.endswith("Track") for name in schemas)

    def test_pandas_and_polars(self):
        rows = [track.to_dict(flat=True) for track in page_of(TRACK, PRIVATE)]
        frame, table = pandas.DataFrame(rows), polars.DataFrame(rows)

        times = pandas.to_datetime(frame["created_at"])
        assert (times[0].year, str(times.dtype).endswith("UTC]")) == (2019, True)
        assert list(frame["user_username"]) == table["user_username"].to_list() == ["ada", "ada"]
        assert table["created_at"].str.to_datetime(time_zone="UTC").dt.year().to_list() == [2019, 2019]
        assert SECRET not in frame.to_csv()

    def test_cattrs(self):
        converter = make_converter()
        track = page_of(TRACK)[0]
        values = json.loads(converter.dumps(track))

        assert values["created_at"] == "2019-01-15T15:40:49+00:00"
        assert converter.structure(values, Track) == track

    def test_msgspec_and_attrs(self):
        track = page_of(TRACK)[0]
        with_all = Track.from_dict(msgspec.json.decode(msgspec.json.encode(track)))

        assert with_all == track
        assert attrs.asdict(track)["user"]["username"] == "ada"
        assert attrs.evolve(track, title="Day").title == "Day"
