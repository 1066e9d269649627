"""What can go wrong with a sandbox itself, as opposed to what it answers.

RuntimeError
 └─ SandboxError        a port is taken, a person is unknown, an address is not the sandbox's
     └─ WrongSettingError (also a ValueError)   a setting of the faults or of the media
ImportError             the extra `sandbox` is not installed
"""

from importlib.util import find_spec

_NEEDED = ("starlette", "uvicorn", "python_multipart", "mutagen")


class SandboxError(RuntimeError):
    """The sandbox cannot do what it was asked; the message says why and how to go on."""


class WrongSettingError(SandboxError, ValueError):
    """A setting is wrong; nothing was changed.

    Args:
        setting: Its name, such as `error_rate.timeout_text`.
        reason: What is wrong with it.
    """

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting


def require_extra() -> None:
    """Check that what a running sandbox needs is installed.

    Raises:
        ImportError: Something is missing; the message says how to install it.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ImportError(
            f"the sandbox needs {', '.join(missing)}, which is not installed: pip install 'soundcloud-sdk[sandbox]'"
        )
