"""The part of `tracks` that changes something, and the batch of many."""

from collections.abc import Iterable
from datetime import date

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._files import FileInput
from soundcloud._protocol import request_bodies
from soundcloud._protocol.request_bodies import EmbeddableByName, LicenseName, SharingName, StorefrontTypeName
from soundcloud._protocol.validation import AccessFilter, access_list, urn_list
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.search import get_tracks
from soundcloud_api.api.tracks import (
    delete_tracks_track_urn,
    post_tracks_track_urn_comments,
    put_tracks_track_urn,
    put_tracks_track_urn_storefront,
)
from soundcloud_api.models import Comment, Storefront, Track
from soundcloud_api.types import UNSET, UnsetType


class TrackEditsNamespace(Namespace):
    """What changes tracks."""

    __slots__ = ()

    @implements("get_tracks")
    def get_tracks(
        self, tracks: Iterable[Resource], *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Track]:
        """Get many tracks with one call.

        Args:
            tracks: 1 to 200 tracks: numbers, URNs, API URLs or `Track` objects.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; tracks that are gone or not visible are not in it.

        Raises:
            InvalidInputError: More than 200 tracks, none, or something that is no track; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for track in client.tracks.get_tracks([308946187, "soundcloud:tracks:293"]):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/search/get_tracks
        """
        urns = urn_list(tracks, "tracks")
        operation = get_tracks(
            urns=urns, access=access_list(access), limit=urns.count(",") + 1, linked_partitioning=True
        )
        return self._pipeline.page(operation, token)

    @implements("put_tracks_track_urn")
    def update(
        self,
        track: Resource,
        *,
        title: str | UnsetType = UNSET,
        artwork: FileInput | None = None,
        description: str | UnsetType | None = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType | None = UNSET,
        tag_list: str | UnsetType | None = UNSET,
        license: LicenseName | UnsetType = UNSET,  # noqa: A002 - the field's name
        permalink: str | UnsetType = UNSET,
        downloadable: bool | UnsetType = UNSET,
        streamable: bool | UnsetType = UNSET,
        commentable: bool | UnsetType = UNSET,
        reveal_stats: bool | UnsetType = UNSET,
        reveal_comments: bool | UnsetType = UNSET,
        embeddable_by: EmbeddableByName | UnsetType = UNSET,
        purchase_url: str | UnsetType | None = UNSET,
        label_name: str | UnsetType | None = UNSET,
        release: str | UnsetType | None = UNSET,
        release_date: date | str | UnsetType | None = UNSET,
        isrc: str | UnsetType | None = UNSET,
        token: str | None = None,
    ) -> Track:
        """Change a track of your own. Only what is given is sent; the sound itself cannot be replaced.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            title: The title.
            artwork: A new picture: a path, the bytes, or a binary file; gif, jpeg or png.
            description: The text below the track; None clears it.
            sharing: `public` or `private`.
            genre: The genre; None clears it.
            tag_list: Tags, separated by spaces; tags of several words in double quotes; None clears them.
            license: `all-rights-reserved`, `cc-by`, ...
            permalink: The last part of the track's address.
            downloadable: Whether people may download it.
            streamable: Whether apps may stream it.
            commentable: Whether people may comment.
            reveal_stats: Whether play and like counts are shown.
            reveal_comments: Whether comments are shown.
            embeddable_by: `all`, `me` or `none`.
            purchase_url: Where it can be bought; None clears it.
            label_name: The label; None clears it.
            release: The release's number; None clears it.
            release_date: A date, or a text such as `2026-11-23`; None clears it.
            isrc: The International Standard Recording Code; None clears it.
            token: The access token to act with instead of the client's own.

        Returns:
            The track as it is now.

        Raises:
            InvalidInputError: Nothing is to be changed, or a value is unknown; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> track = client.tracks.update(308946187, title="New title", genre=None)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        body = request_bodies.track_changes(
            artwork,
            title=title,
            description=description,
            sharing=sharing,
            genre=genre,
            tag_list=tag_list,
            license=license,
            permalink=permalink,
            downloadable=downloadable,
            streamable=streamable,
            commentable=commentable,
            reveal_stats=reveal_stats,
            reveal_comments=reveal_comments,
            embeddable_by=embeddable_by,
            purchase_url=purchase_url,
            label_name=label_name,
            release=release,
            release_date=release_date,
            isrc=isrc,
        )
        return self._pipeline.send(put_tracks_track_urn(to_urn(track, "tracks"), body=body), token)

    @implements("delete_tracks_track_urn")
    def delete(self, track: Resource, *, token: str | None = None) -> None:
        """Delete a track of your own; there is no way back.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such track, or it is not yours.
            SoundCloudError: The call failed.

        Example:
            >>> client.tracks.delete(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/delete_tracks__track_urn_
        """
        self._pipeline.send(delete_tracks_track_urn(to_urn(track, "tracks")), token)

    @implements("put_tracks_track_urn_storefront")
    def set_storefront(
        self,
        track: Resource,
        *,
        title: str,
        type: StorefrontTypeName,  # noqa: A002 - the field's name
        link: str,
        link_title: str | None = None,
        description: str | None = None,
        price: str | None = None,
        token: str | None = None,
    ) -> Storefront:
        """Set what a track's page sells. The whole storefront is replaced: what is left out is cleared.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            title: The card's title, at most 100 characters.
            type: What is offered: `digital`, `vinyl`, `cd`, `cassette`, `apparel`, ...
            link: The http or https address that the button opens, at most 255 characters.
            link_title: The button's label, at most 50 characters; None clears it.
            description: At most 500 characters; None clears it.
            price: A text to show, at most 20 characters; None clears it. SoundCloud handles no payment.
            token: The access token to act with instead of the client's own.

        Returns:
            The storefront as it is now.

        Raises:
            InvalidInputError: A text is too long or the type unknown; nothing was sent.
            ForbiddenError: The track is not yours, or your plan has no storefront.
            NotFoundError: There is no such track.
            SoundCloudError: The call failed.

        Example:
            >>> client.tracks.set_storefront(293, title="Vinyl", type="vinyl", link="https://example.com/buy")

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn__storefront
        """
        body = request_bodies.storefront(title, type, link, link_title, description, price)
        return self._pipeline.send(put_tracks_track_urn_storefront(to_urn(track, "tracks"), body=body), token)

    @implements("post_tracks_track_urn_comments")
    def create_comment(
        self, track: Resource, body: str, timestamp: int | None = None, *, token: str | None = None
    ) -> Comment:
        """Comment on a track. SoundCloud offers no way to take a comment back.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            body: The text.
            timestamp: The position in the track, in milliseconds from 0; None for none.
            token: The access token to act with instead of the client's own.

        Returns:
            The comment.

        Raises:
            InvalidInputError: The text is empty or the position below 0; nothing was sent.
            UnprocessableEntityError: SoundCloud refuses; the message says why.
            RateLimitError: Too many comments in a short time, or SoundCloud warns of spam.
            SoundCloudError: The call failed.

        Example:
            >>> comment = client.tracks.create_comment(308946187, "That bass!", 45_000)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/post_tracks__track_urn__comments
        """
        request = request_bodies.comment(body, timestamp)
        return self._pipeline.send(post_tracks_track_urn_comments(to_urn(track, "tracks"), body=request), token)
