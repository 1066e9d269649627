"""The SoundCloud API as typed values: models, and one function per operation. No I/O.

Made from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""
