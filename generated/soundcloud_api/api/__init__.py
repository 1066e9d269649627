"""The operations, a package for each tag of the document.

Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""
