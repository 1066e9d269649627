"""The shell, written once, asynchronous: it awaits, opens and closes; what to do is decided in `_core`."""
