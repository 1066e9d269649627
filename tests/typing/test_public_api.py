"""The public API with its types is that of `public_api.txt`."""

from difflib import unified_diff

import pytest

from tests.typing.api_dump import FILE, ROOT, public_api


def test_the_public_api_is_the_recorded_one():
    recorded = FILE.read_text(encoding="utf-8")
    found = public_api(ROOT)

    if found != recorded:
        lines = unified_diff(recorded.splitlines(), found.splitlines(), "recorded", "found", n=0, lineterm="")
        difference = "\n".join([*lines][:60])
        pytest.fail(
            f"the public API differs from {FILE.relative_to(ROOT)}. If that is intended, run `make api-dump`,"
            f" and see docs/versions.md for what a change means:\n{difference}",
            pytrace=False,
        )


def test_the_record_has_every_kind_of_name():
    recorded = FILE.read_text(encoding="utf-8")

    for line in (
        "class soundcloud.errors.NotFoundError(StatusError)",
        "soundcloud.NotFoundError = soundcloud.errors.NotFoundError",
        "soundcloud.errors.RateLimitError.retry_after: float | None",
        "soundcloud.Page.next_href: str | None  # property",
        "class soundcloud.AsyncSoundCloudClient",
        "client.likes.like_track(track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> None",
        "soundcloud.models.Track.bpm: float | None = None",
        "soundcloud_api.models.SetType.ALBUM = 'album'",
        "soundcloud_api.api.me.get_me() -> Operation[Me]",
        "soundcloud.results.Outcome: TypeAlias = Success[T, V] | Failure[T]",
    ):
        assert f"\n{line}\n" in recorded
    assert "# deprecated\n" in recorded
    assert "# classmethod\n" in recorded
