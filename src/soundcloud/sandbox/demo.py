"""A demo of the client's main calls: `make demo`, or `python -m soundcloud.sandbox.demo`.

It runs against a sandbox that it starts itself, without an account or a network.
"""

import shutil
import sys
import textwrap
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from soundcloud import (
    SoundCloudClient,
    SoundCloudError,
    generate_code_challenge,
    generate_code_verifier,
    generate_state,
)
from soundcloud.models import Track
from soundcloud.registry import implementations
from soundcloud.sandbox import Sandbox, handled_operations
from soundcloud.sandbox.console import run_command
from soundcloud.sandbox.media.sound import format_duration, tone
from soundcloud_api.operations import OPERATIONS


def format_track(track: Track) -> str:
    """Format a track as one line."""
    artist = (track.user.username if track.user else None) or "?"
    duration = format_duration(track.duration or 0)
    plays = f"{track.playback_count or 0:>9,} plays"
    return f"{(track.title or '?')[:34]:34}  {artist[:16]:16} {duration:>6} {plays}"


def show(text: str, indent: int = 3) -> None:
    """Print a paragraph, wrapped at words."""
    space, width = " " * indent, shutil.get_terminal_size().columns
    lines = textwrap.wrap(
        text, width, initial_indent=space, subsequent_indent=space, break_long_words=False, break_on_hyphens=False
    )
    print("\n".join(lines))


def print_heading(number: int, title: str, code: str) -> None:
    """Print a step and the code that does it."""
    print()
    show(f"{number}. {title}", 0)
    show(f">>> {code}")


def run() -> None:
    """Run all steps and print their results."""
    show("soundcloud-sdk with its own sandbox, a local SoundCloud with invented artists.", 0)
    show("It needs no account and no network.", 0)
    with (
        # Without processing, uploads have streams at once.
        Sandbox(processing_seconds=0) as sandbox,
        SoundCloudClient(
            sandbox.client_id,
            sandbox.client_secret,
            sandbox.redirect_uri,
            base_url=sandbox.api_url,
            auth_url=sandbox.auth_url,
        ) as client,
    ):
        print_heading(1, "Get an app token, which is enough for searching.", "client.auth.get_client_token()")
        show(f"{client.auth.get_client_token()!r}")

        print_heading(2, "Search, and print the first five tracks.", 'page = client.search.tracks("lofi")')
        page = client.search.tracks("lofi")
        for track in page.collection[:5]:
            show(format_track(track))

        print_heading(
            3, "Fetch three pages. Iterating over the page itself fetches all items.", "for page in page.pages(): ..."
        )
        for number, each in enumerate(islice(page.pages(), 3), start=1):
            show(f"page {number}: {len(each.collection)} tracks, from {each.collection[0].title!r}")

        url = page.collection[0].permalink_url or ""
        print_heading(4, "Resolve a soundcloud.com URL.", "found = client.resolve.resolve(url)")
        show(url)
        found = client.resolve.resolve(url)
        show(f"{found!r}")

        print_heading(
            5,
            "Sign a user in with PKCE: consent page, code, token.",
            "client.auth.get_authorization_url(...)",
        )
        verifier, state = generate_code_verifier(), generate_state()
        url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
        callback = parse_qs(urlsplit(sandbox.approve(url)).query)
        if callback.get("state") != [state]:
            raise SystemExit("the callback has another state: it belongs to another sign-in")
        client.set_token(client.auth.get_user_token(callback["code"][0], verifier))
        me = client.me.get_me()
        show(f"signed in as {me.username}, {me.followers_count} followers")

        print_heading(6, "Like the track.", "client.likes.like_track(found)")
        client.likes.like_track(found)
        liked = [track.title for track in islice(client.me.get_likes_tracks(), 3)]
        show(f"the latest likes: {', '.join(map(repr, liked))}")

        print_heading(7, "Upload a short WAV file.", 'client.tracks.upload(wav, title="Demo tone", sharing="private")')
        uploaded = client.tracks.upload(tone(1), title="Demo tone", genre="Test", sharing="private")
        show(f"{uploaded!r}")

        print_heading(8, "Read the upload and its streams.", "client.tracks.get_track(uploaded)")
        streams = client.tracks.get_streams(uploaded)
        uploaded = client.tracks.get_track(uploaded)
        show(format_track(uploaded))
        show(f"{uploaded.sharing}, created {uploaded.created_at:%Y-%m-%d %H:%M} UTC")
        show(f"streams: {', '.join(sorted(streams.raw))}")

        print_heading(9, "An error message names the cause and the remedy.", "client.tracks.get_track(1)")
        try:
            client.tracks.get_track(1)
        except SoundCloudError as error:
            show(f"{type(error).__name__}: {error}")

    methods = {entry.operation for entry in implementations() if entry.operation and entry.sync and entry.asynchronous}
    print()
    show(
        f"Coverage: both clients have methods for {len(methods)} of the {len(OPERATIONS)} operations in SoundCloud's"
        f" OpenAPI document; the sandbox handles {len(handled_operations())}.",
        0,
    )


def main() -> int:
    """Run the demo as a command and return the exit code."""
    try:
        run()
    except SoundCloudError as error:
        print(f"the demo failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
