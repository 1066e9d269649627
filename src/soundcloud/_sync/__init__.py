"""The shell, written once, synchronous: it awaits, opens and closes; what to do is decided in `_core`."""
