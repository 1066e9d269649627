"""The main job, told as it happens: `make demo`, or `python -m soundcloud.sandbox.demo`.

Signs in, searches, walks pages, resolves a link, likes a track, uploads a short sound and reads it back, against a
sandbox that it starts itself. No account and no network are needed.
"""

import io
import math
import struct
import sys
import wave
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
from soundcloud_api.operations import OPERATIONS


def tone(seconds: float = 1.0, frequency: float = 220.0, rate: int = 22_050) -> bytes:
    """Make a short sound.

    Args:
        seconds: How long.
        frequency: How high, in hertz.
        rate: Samples a second.

    Returns:
        A WAV file.
    """
    count = int(seconds * rate)
    fade = rate / 20
    samples = (
        int(12_000 * math.sin(2 * math.pi * frequency * number / rate) * min(1, number / fade, (count - number) / fade))
        for number in range(count)
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def clock(milliseconds: int | None) -> str:
    """Write a duration as minutes and seconds."""
    seconds = (milliseconds or 0) // 1000
    return f"{seconds // 60}:{seconds % 60:02}"


def line(track: Track) -> str:
    """Write a track as one line."""
    artist = (track.user.username if track.user else None) or "?"
    plays = f"{track.playback_count or 0:>9,} plays"
    return f"    {(track.title or '?')[:38]:38}  {artist[:18]:18} {clock(track.duration):>6}  {plays}"


def heading(number: int, title: str, code: str) -> None:
    """Announce a step and the call that does it."""
    print(f"\n{number}. {title}\n   >>> {code}")


def run() -> None:
    """Do the main job and print it."""
    print("This is soundcloud-sdk on its own sandbox: a local SoundCloud, invented artists, no account, no network.")
    with (
        # What is uploaded can be heard at once.
        Sandbox(processing_seconds=0) as sandbox,
        SoundCloudClient(
            sandbox.client_id,
            sandbox.client_secret,
            sandbox.redirect_uri,
            base_url=sandbox.api_url,
            auth_url=sandbox.auth_url,
        ) as client,
    ):
        heading(
            1, "Sign in: the first call gets the app's own token, enough to search.", "client.auth.get_client_token()"
        )
        print(f"   {client.auth.get_client_token()!r}")

        heading(2, "Search, and print the first five.", 'page = client.search.tracks("lofi")')
        page = client.search.tracks("lofi")
        for track in page.collection[:5]:
            print(line(track))

        heading(
            3, "Walk three pages; iterating the page itself would walk all of them.", "for page in page.pages(): ..."
        )
        for number, each in enumerate(islice(page.pages(), 3), start=1):
            print(f"    page {number}: {len(each.collection)} tracks, from {each.collection[0].title!r}")

        link = page.collection[0].permalink_url or ""
        heading(4, "From a link to the thing it names.", f'client.resolve.resolve("{link}")')
        found = client.resolve.resolve(link)
        print(f"   {found!r}")

        heading(
            5,
            "Sign a person in: PKCE, the consent page, the code, the token.",
            "client.auth.get_authorization_url(...)",
        )
        verifier, state = generate_code_verifier(), generate_state()
        url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
        answer = parse_qs(urlsplit(sandbox.approve(url)).query)
        if answer.get("state") != [state]:
            raise SystemExit("the state that came back is another one: somebody else's sign-in")
        client.set_token(client.auth.get_user_token(answer["code"][0], verifier))
        me = client.me.get_me()
        print(f"   signed in as {me.username}, {me.followers_count} followers")

        heading(6, "Like the track.", "client.likes.like_track(found)")
        client.likes.like_track(found)
        liked = [track.title for track in islice(client.me.get_likes_tracks(), 3)]
        print(f"   the newest likes: {', '.join(map(repr, liked))}")

        heading(7, "Upload a short sound.", 'client.tracks.upload(sound, title="Demo tone", sharing="private")')
        uploaded = client.tracks.upload(tone(), title="Demo tone", genre="Test", sharing="private")
        print(f"   {uploaded!r}")

        heading(8, "Read it back, and where it is streamed from.", "client.tracks.get_track(uploaded)")
        back = client.tracks.get_track(uploaded)
        streams = client.tracks.get_streams(uploaded)
        print(line(back))
        print(f"    {back.sharing}, created {back.created_at:%Y-%m-%d %H:%M} UTC")
        print(f"    streams: {', '.join(sorted(streams.raw))}")

        heading(9, "What goes wrong says what to do.", "client.tracks.get_track(1)")
        try:
            client.tracks.get_track(1)
        except SoundCloudError as error:
            print(f"   {type(error).__name__}: {error}")

    methods = {entry.operation for entry in implementations() if entry.operation and entry.sync and entry.asynchronous}
    print(
        f"\nCoverage: {len(methods)} of {len(OPERATIONS)} operations of SoundCloud's document are methods of both "
        f"clients, {len(handled_operations())} are handled by the sandbox."
    )


def main() -> int:
    """Run the demo as a command."""
    try:
        run()
    except SoundCloudError as error:
        print(f"the demo failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
