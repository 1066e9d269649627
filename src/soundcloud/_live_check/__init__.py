"""The live check: compares SoundCloud's responses with its document, with the models and with the sandbox.

`soundcloud doctor --live` and `python -m tools.live_check` run it. No value of a response leaves this package: `shapes` reduces a
response to the names, types and counts of its fields.
"""
