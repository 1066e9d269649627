"""A local SoundCloud for demos and tests.

Importing this package needs no extra; starting a sandbox needs the extra `sandbox`. Names are loaded on first use.

Example:
    >>> from soundcloud.sandbox import Sandbox
    >>> with Sandbox() as sandbox:
    ...     token = sandbox.user_token()
"""

from typing import TYPE_CHECKING, Any

from soundcloud.sandbox.client_settings import SandboxClientSettings as SandboxClientSettings
from soundcloud.sandbox.errors import SandboxError as SandboxError
from soundcloud.sandbox.errors import WrongSettingError as WrongSettingError
from soundcloud.sandbox.faults.settings import Faults as Faults
from soundcloud.sandbox.faults.settings import RateLimitFault as RateLimitFault
from soundcloud.sandbox.http.request_log import RecordedRequest as RecordedRequest
from soundcloud.sandbox.http.request_log import RecordedRequests as RecordedRequests
from soundcloud.sandbox.settings import SandboxSettings as SandboxSettings

if TYPE_CHECKING:
    from soundcloud.sandbox.controls import SandboxControls as SandboxControls
    from soundcloud.sandbox.controls import Snapshot as Snapshot
    from soundcloud.sandbox.server import Sandbox as Sandbox

__all__ = [
    "Faults",
    "RateLimitFault",
    "RecordedRequest",
    "RecordedRequests",
    "Sandbox",
    "SandboxClientSettings",
    "SandboxControls",
    "SandboxError",
    "SandboxSettings",
    "Snapshot",
    "WrongSettingError",
    "handled_operations",
]


def handled_operations() -> frozenset[str]:
    """Return the operations of the OpenAPI document that the sandbox handles; all others get 501.

    Returns:
        Operation ids such as `get_tracks_track_urn`.
    """
    from soundcloud.sandbox.handlers import load_handlers

    return load_handlers().handled


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in {"Sandbox", "SandboxControls", "Snapshot"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from soundcloud.sandbox.errors import require_extra

        require_extra()
        from soundcloud.sandbox import controls, server

        return getattr(server if name == "Sandbox" else controls, name)
