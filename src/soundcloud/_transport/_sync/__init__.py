"""The async transport; `_sync` is generated from it."""
