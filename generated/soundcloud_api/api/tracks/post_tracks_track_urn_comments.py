"""POST /tracks/{track_urn}/comments. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from ...models.comment import Comment
from ...models.create_comment_request import CreateCommentRequest
from ...types import Operation


def post_tracks_track_urn_comments(
    track_urn: str,
    *,
    body: CreateCommentRequest,
) -> Operation[Comment]:
    """POST /tracks/{track_urn}/comments."""
    return Operation(
        "post_tracks_track_urn_comments",
        "POST",
        "/tracks/{track_urn}/comments",
        {
            201: Comment,
        },
        path={
            "track_urn": track_urn,
        },
        body=body,
    )
