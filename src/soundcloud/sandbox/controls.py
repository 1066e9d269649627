"""What a running sandbox lets its user inspect and change: the base class of `Sandbox`, and what the control API calls."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Unpack

from soundcloud.sandbox.data.custom_dataset import DatasetSource
from soundcloud.sandbox.data.datasets import Dataset, choose_dataset
from soundcloud.sandbox.data.editing import EntryEditor, check_kind
from soundcloud.sandbox.data.entries import export_dataset, list_entries
from soundcloud.sandbox.errors import SandboxError, WrongSettingError
from soundcloud.sandbox.faults.settings import Faults
from soundcloud.sandbox.http.middleware import SandboxMiddleware
from soundcloud.sandbox.http.request_log import RecordedRequests, RequestLog
from soundcloud.sandbox.media.streams import sound_name
from soundcloud.sandbox.oauth import consent, grants
from soundcloud.sandbox.settings import SandboxSettings, check_range, check_types
from soundcloud.sandbox.state import State

_SNAPSHOT_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_MAXIMUM_SNAPSHOTS = 100
_MAXIMUM_LIMIT = 200
_LONGEST_TOKEN_SECONDS = 10**9


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data of a sandbox at one moment; see `Sandbox.snapshot`.

    Attributes:
        name: The name under which the sandbox keeps it; None if it does not.
        created_at: The time of this machine when it was made.
    """

    image: bytes = field(repr=False)
    requests: Mapping[str, int] = field(repr=False)
    app_tokens: tuple[tuple[float, str], ...] = field(repr=False)
    name: str | None = None
    created_at: datetime = field(repr=False, default_factory=lambda: datetime.now(UTC))


class SandboxControls:
    """The part of `Sandbox` that the control API offers, too."""

    _state: State
    _middleware: SandboxMiddleware
    _request_log: RequestLog
    _initial_settings: SandboxSettings
    _snapshots: dict[str, Snapshot]

    def reset(
        self,
        *,
        seed: int | None = None,
        tracks: int | None = None,
        dataset: DatasetSource | None = None,
        **settings: Unpack[SandboxSettings],
    ) -> None:
        """Return to the initial state: initial data, faults, settings and clock; no tokens, uploads or recorded requests.

        Snapshots with a name are kept.

        Args:
            seed: The seed of another generated dataset, which replaces the initial one; without `tracks` it has 600 tracks.
            tracks: The number of tracks of another generated dataset, which replaces the initial one; see `Sandbox`.
            dataset: A custom dataset, which replaces the initial one; see `Sandbox`.
            **settings: Settings that differ from the initial ones, until the next reset; see `change_settings`.

        Raises:
            SandboxError: The dataset cannot be read, or an entry is invalid.
            WrongSettingError: A setting is invalid; nothing was changed.
        """
        wanted = choose_dataset(seed, dataset, tracks)
        # Checked on a copy, so that an invalid setting changes nothing.
        replace(self._state.settings).change(settings)
        with self._state.database.lock:
            self._load(wanted or Dataset(*self._state.database.origin))
            self._state.clock.move(0)
            self._state.settings.change({**self._initial_settings, **settings})
        self._middleware.reset()

    def _load(self, dataset: Dataset) -> None:
        self._state.database.restore(dataset.image())
        self._state.token_log.clear()
        self._state.uploads.clear()

    @property
    def settings(self) -> dict[str, float | bool]:
        """A copy of all current settings by name; `change_settings` changes them."""
        return self._state.settings.to_json()

    def change_settings(self, **settings: Unpack[SandboxSettings]) -> None:
        """Change settings until they are changed again, or until `reset`.

        Args:
            **settings: The new values by name; settings that are left out stay as they are. `Sandbox` describes them.

        Raises:
            WrongSettingError: A setting is invalid; nothing was changed.

        Example:
            >>> sandbox.change_settings(quotas=False, media_lifetime=5)
        """
        self._state.settings.change(settings)

    @property
    def faults(self) -> Faults:
        """The faults that are injected at present."""
        return self._middleware.faults

    def set_faults(self, faults: Faults) -> None:
        """Replace the injected faults, from the next request on.

        Args:
            faults: The new settings; a fault that they leave out is not injected.
        """
        self._middleware.set_faults(faults)

    def clear_faults(self) -> None:
        """Stop injecting faults, including those that were passed to the constructor."""
        self._middleware.set_faults(Faults())

    @property
    def requests(self) -> RecordedRequests:
        """A copy of the last requests, without secrets: 10,000, or the number in `request_log_size`.

        Requests to the dashboard and to paths below `/-/` are not recorded, nor are the preflight requests of a browser, or the
        pictures, scripts and style sheets that it loads.
        """
        return self._request_log.read()

    def clear_requests(self) -> None:
        """Remove the recorded requests."""
        self._request_log.clear()

    @property
    def snapshots(self) -> dict[str, Snapshot]:
        """The snapshots with a name, oldest first."""
        return dict(self._snapshots)

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Save the data, the tokens, the codes and the used quotas, but not uploaded files.

        Args:
            name: A name under which the sandbox keeps the snapshot: 1 to 64 letters, digits, dots, hyphens and underscores. It
                replaces a snapshot of the same name. By default the sandbox does not keep it.

        Returns:
            A snapshot, which `restore` accepts any number of times.

        Raises:
            WrongSettingError: The name is invalid.
            SandboxError: There are 100 snapshots with a name already.
        """
        if name is not None:
            if not _SNAPSHOT_NAME.fullmatch(name):
                raise WrongSettingError(
                    "name", f"{name!r} is not a name: use 1 to 64 letters, digits, dots, hyphens and underscores"
                )
            if len(self._snapshots) >= _MAXIMUM_SNAPSHOTS and name not in self._snapshots:
                raise SandboxError(f"there are {_MAXIMUM_SNAPSHOTS} snapshots already: delete one first")
        log = self._state.token_log
        with self._state.database.lock:
            image = self._state.database.image()
            saved = Snapshot(image, Counter(log.requests), tuple(log.app_tokens), name)
        if name is not None:
            self._snapshots.pop(name, None)
            self._snapshots[name] = saved
        return saved

    def restore(self, snapshot: Snapshot | str) -> None:
        """Return to a snapshot. Faults, settings, the clock and recorded requests are not changed.

        Args:
            snapshot: A snapshot of this sandbox or another one, or the name of one that this sandbox keeps.

        Raises:
            SandboxError: There is no snapshot with this name.
        """
        check_types({"snapshot": snapshot}, str | Snapshot, "a snapshot or the name of one")
        found = self._find_snapshot(snapshot) if isinstance(snapshot, str) else snapshot
        log = self._state.token_log
        with self._state.database.lock:
            self._state.database.restore(found.image)
            log.clear()
            log.requests.update(found.requests)
            log.app_tokens.extend(found.app_tokens)

    def delete_snapshot(self, name: str) -> None:
        """Forget a snapshot.

        Args:
            name: The name of the snapshot.

        Raises:
            SandboxError: There is no snapshot with this name.
        """
        self._find_snapshot(name)
        self._snapshots.pop(name, None)

    def _find_snapshot(self, name: str) -> Snapshot:
        if name not in self._snapshots:
            known = ", ".join(self._snapshots) or "none"
            raise SandboxError(f"there is no snapshot {name!r}: use one of these: {known}")
        return self._snapshots[name]

    def export_data(self) -> dict[str, Any]:
        """Return the current data as a custom dataset, for `import_data`, or for `dataset` of `Sandbox`.

        Left out are likes of stations, storefronts, uploaded files, tokens and the times of the last changes.

        Returns:
            A JSON object.
        """
        with self._state.database.lock:
            return export_dataset(self._state.database)

    def import_data(self, dataset: DatasetSource) -> None:
        """Replace the data; later resets return to it. All tokens become invalid; faults and settings are not changed.

        Args:
            dataset: A custom dataset: a JSON file or its content.

        Raises:
            SandboxError: The dataset cannot be read, or an entry is invalid; nothing was changed.
        """
        wanted = choose_dataset(None, dataset)
        if wanted is None:
            raise WrongSettingError("dataset", "it is None: pass the path of a file, or a dict")
        with self._state.database.lock:
            self._load(wanted)

    def list_data(self, kind: str, *, q: str = "", limit: int = 50, offset: int = 0) -> dict[str, Any]:
        """List entries of the current data, newest first.

        Args:
            kind: `users`, `tracks`, `playlists`, `comments`, `likes`, `reposts` or `follows`.
            q: Words that an entry must have; default all entries.
            limit: Maximum number of entries, 1 to 200; default 50.
            offset: Number of entries to skip.

        Returns:
            `items`, the entries in the format of a custom dataset with their `id`, and `total`, the number of all entries.

        Raises:
            WrongSettingError: An argument is invalid.
        """
        check_types({"limit": limit, "offset": offset}, int, "a whole number")
        check_types({"q": q}, str, "a string")
        check_range("limit", limit, 1, _MAXIMUM_LIMIT)
        if not 0 <= offset < 2**63:
            raise WrongSettingError("offset", f"{offset} is out of range: use 0 or more")
        with self._state.database.lock:
            items, total = list_entries(self._state.database, check_kind(kind), q, limit, offset)
        return {"items": items, "total": total}

    def add_data(self, kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Add an entry to the current data.

        Args:
            kind: The kind; see `list_data`.
            entry: An entry of a custom dataset.

        Returns:
            The entry with its `id` and its defaults.

        Raises:
            WrongSettingError: A field is invalid; nothing was changed.
        """
        with self._state.database.transaction():
            return EntryEditor(self._state.database).add(check_kind(kind), entry)

    def change_data(self, kind: str, entry_id: int | str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change a user, track, playlist or comment.

        Args:
            kind: The kind; see `list_data`.
            entry_id: The `id` of the entry.
            changes: The new values by field; fields that are left out stay as they are, and null removes an optional one.

        Returns:
            The changed entry.

        Raises:
            SandboxError: There is no such entry.
            WrongSettingError: A field is invalid; nothing was changed.
        """
        with self._state.database.transaction():
            try:
                return EntryEditor(self._state.database).change(check_kind(kind), entry_id, changes)
            except KeyError:
                raise _missing_entry(kind, entry_id) from None

    def delete_data(self, kind: str, entry_id: int | str) -> None:
        """Delete an entry with all that belongs to it; a user with all tracks, playlists and comments.

        Args:
            kind: The kind; see `list_data`.
            entry_id: The `id` of the entry.

        Raises:
            SandboxError: There is no such entry, or it is the last user.
        """
        with self._state.database.transaction():
            try:
                EntryEditor(self._state.database).delete(check_kind(kind), entry_id)
            except KeyError:
                raise _missing_entry(kind, entry_id) from None
        if kind == "tracks":
            self._state.uploads.delete(sound_name(int(entry_id)))

    @property
    def clock(self) -> datetime:
        """The time of the sandbox, in UTC; by default that of this machine."""
        return datetime.fromtimestamp(self._state.clock.time(), UTC)

    @property
    def clock_offset(self) -> float:
        """Seconds by which the clock is ahead of this machine's."""
        return self._state.clock.offset

    def set_clock(self, time: datetime | None) -> None:
        """Set the clock, which continues from there. `reset` sets it to the time of this machine.

        Tokens, codes, audio URLs, the processing of uploads, quotas and rate limits follow this clock.

        Args:
            time: The new time, at most about 31 years from now; without a time zone it is UTC. None is the time of this machine.

        Raises:
            WrongSettingError: The time is too far away.
        """
        if time is None:
            self._state.clock.move(0)
            return
        check_types({"time": time}, datetime, "a datetime, or None")
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        self._move_clock("time", (aware - datetime.now(UTC)).total_seconds())

    def advance_clock(self, seconds: float) -> None:
        """Move the clock forward, or back with a negative number.

        Args:
            seconds: Seconds to add to the time.

        Raises:
            WrongSettingError: The time is too far away.

        Example:
            >>> sandbox.advance_clock(3600)  # all access tokens expire
        """
        check_types({"seconds": seconds}, int | float, "a number")
        self._move_clock("seconds", self._state.clock.offset + seconds)

    def _move_clock(self, setting: str, offset: float) -> None:
        try:
            self._state.clock.move(offset)
        except ValueError as error:
            raise WrongSettingError(setting, str(error)) from None

    def quota_usage(self) -> dict[str, Any]:
        """Count the app tokens that count against the quotas at present.

        Returns:
            `app` and, for each IP address, an entry of `addresses`; each has `used`, `limit` and `seconds`, the time window.
        """
        with self._state.database.lock:
            return grants.quota_usage(self._state)

    def refill_quotas(self) -> None:
        """Make all quotas unused again."""
        with self._state.database.lock:
            self._state.token_log.app_tokens.clear()

    def user_token(self, user: str | None = None) -> str:
        """Sign a user in without the consent page.

        Args:
            user: The username or permalink of the user; default `ada-night`, or the first user of a custom dataset.

        Returns:
            An access token.

        Raises:
            SandboxError: There is no such user.
        """
        return str(self.create_tokens(user)["access_token"])

    def create_tokens(
        self, user: str | None = None, *, app: bool = False, expires_in: int | None = None
    ) -> dict[str, Any]:
        """Sign a user or the app in without the consent page, and return what the token endpoint would.

        Args:
            user: The username or permalink of the user; see `user_token`.
            app: Whether to return a token of the app, which belongs to no user and does not count against the quotas.
            expires_in: Seconds until the access token expires; default 3599, as with SoundCloud.

        Returns:
            `access_token`, `refresh_token`, `expires_in`, `scope`, `token_type` and `user`, the permalink of the user.

        Raises:
            SandboxError: There is no such user.
            WrongSettingError: `expires_in` is out of range.
        """
        seconds = grants.EXPIRES_IN if expires_in is None else expires_in
        check_types({"expires_in": seconds}, int, "a whole number")
        check_range("expires_in", seconds, 0, _LONGEST_TOKEN_SECONDS)
        database = self._state.database
        with database.transaction():
            user_id = None if app else consent.find_user(self._state, user)
            tokens = grants.start_session(database, user_id, seconds)
            row = database.row("SELECT permalink FROM users WHERE id = ?", user_id)
        return {**tokens, "user": None if row is None else row["permalink"]}

    def expire_tokens(self) -> None:
        """Invalidate every access token; refresh tokens stay valid."""
        with self._state.database.transaction():
            self._state.database.change("UPDATE access_tokens SET expires_at = 0")

    def environment(self, user: str | None = None) -> dict[str, str]:
        """Return environment variables for a program that uses the sandbox; `from_env()` of a client reads them.

        Args:
            user: The username or permalink of a user to sign in; by default there are no tokens in the variables.

        Returns:
            The URLs, the client id, the client secret and the redirect URI, and with `user` an access and a refresh token.

        Raises:
            SandboxError: There is no such user.
        """
        state = self._state
        variables = {
            "SOUNDCLOUD_API_URL": state.api_url,
            "SOUNDCLOUD_AUTH_URL": state.auth_url,
            "SOUNDCLOUD_WEB_URL": state.media_url,
            "SOUNDCLOUD_MEDIA_URL": state.media_url,
            "SOUNDCLOUD_CLIENT_ID": state.app.client_id,
            "SOUNDCLOUD_CLIENT_SECRET": state.app.client_secret,
            "SOUNDCLOUD_REDIRECT_URI": state.app.redirect_uri,
        }
        if user is not None:
            tokens = self.create_tokens(user)
            variables["SOUNDCLOUD_ACCESS_TOKEN"] = tokens["access_token"]
            variables["SOUNDCLOUD_REFRESH_TOKEN"] = tokens["refresh_token"]
        return variables

    def token_requests(self) -> Mapping[str, int]:
        """Count the requests to the token endpoint since the start or the last `reset`.

        Returns:
            The number of tokens by grant (`client_credentials`, `authorization_code`, `refresh_token`) and of errors by name
            (`invalid_grant`, `rate_limit_exceeded`). Each request counts once; a missing key reads as 0.
        """
        with self._state.database.lock:
            return Counter(self._state.token_log.requests)

    def usernames(self) -> list[str]:
        """List the permalinks of all users; each of them can sign in."""
        with self._state.database.lock:
            return [row["permalink"] for row in self._state.database.rows("SELECT permalink FROM users ORDER BY id")]


def _missing_entry(kind: str, entry_id: int | str) -> SandboxError:
    return SandboxError(f"{kind} has no entry with the id {entry_id!r}: list the entries to see their ids")
