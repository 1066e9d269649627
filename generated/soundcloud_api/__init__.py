"""Models of the SoundCloud API and one function per operation, without I/O.

Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit.
"""
