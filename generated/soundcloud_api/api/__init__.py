"""The operations, with a package for each tag of the document.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""
