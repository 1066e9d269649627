"""The proposed version and changelog entry for changes of the document."""

import pytest

from tools.openapi_diff.document_changes import Change
from tools.publishing.proposal import proposal

GONE = Change("schema Track, title", "field removed", "string", None, True, methods=("a.b", "c.d", "e.f", "g.h"))
MAYBE = Change("schema Track, title", "became nullable", None, None, False, doubtful=True)
NEW = Change("GET /me, query parameter `x`", "parameter added", None, "string", False, methods=("me.get_me",))
UNNOTICED = Change("GET /me, response 418", "response added", None, "no body", False)


@pytest.mark.parametrize(
    ("changes", "version", "expected"),
    [
        ([GONE, NEW], "0.1.0", "0.2.0 after 0.1.0, because something breaks, and the major version is 0"),
        ([GONE, NEW], "1.4.2", "2.0.0 after 1.4.2, because something breaks"),
        ([MAYBE], "1.4.2", "1.5.0 after 1.4.2, because something is added or may break"),
        ([NEW, UNNOTICED], "0.3.1", "0.4.0 after 0.3.1, because something is added or may break"),
        ([UNNOTICED], "0.3.1", "0.3.2 after 0.3.1, because users notice nothing"),
        ([], "1.0.0", "1.0.1 after 1.0.0, because users notice nothing"),
    ],
)
def test_the_version_follows_the_worst_change(changes: list[Change], version: str, expected: str) -> None:
    assert f"\n{expected} (docs/versions.md)." in proposal(changes, version)


def test_the_changelog_entry_has_what_users_notice() -> None:
    assert proposal([GONE, NEW, UNNOTICED], "0.1.0").partition("CHANGELOG.md:\n\n")[2] == (
        "````markdown\n"
        "### Breaking\n\n"
        "- `schema Track, title`: field removed: `string` (`a.b`, `c.d`, `e.f`, ...)\n\n"
        "### Changed\n\n"
        "- `` GET /me, query parameter `x` ``: parameter added: `string` (`me.get_me`)\n"
        "````"
    )


def test_without_a_change_that_users_notice_the_entry_says_so() -> None:
    assert "- SoundCloud's document has changed; the client has not.\n````" in proposal([UNNOTICED], "0.1.0")
