"""Errors of the sandbox itself, as opposed to the error responses that it sends.

RuntimeError
 └─ SandboxError        a port is taken, a user does not exist, a URL is not the sandbox's
     └─ WrongSettingError (also a ValueError)   a setting of the faults or of the media is invalid
ImportError             the extra `sandbox` is not installed
"""

from importlib.util import find_spec

# Modules and the packages that have them.
_NEEDED = {
    "starlette": "starlette",
    "uvicorn": "uvicorn",
    "python_multipart": "python-multipart",
    "mutagen": "mutagen",
    "PIL": "pillow",
}


class SandboxError(RuntimeError):
    """The sandbox cannot do what was asked; the message names the reason and a remedy."""


class WrongSettingError(SandboxError, ValueError):
    """A setting is invalid; nothing was changed.

    Args:
        setting: The setting's name, such as `error_rate.timeout_text`.
        reason: What is wrong with the value.
    """

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason


def require_extra() -> None:
    """Check that the packages of the extra `sandbox` are installed."""
    missing = [package for module, package in _NEEDED.items() if find_spec(module) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise ImportError(
            f"the sandbox needs {', '.join(missing)}, which {verb} not installed: pip install 'soundcloud-sdk[sandbox]'"
        )
