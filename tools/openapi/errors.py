"""The one error of the tools that read OpenAPI documents."""


class DocumentError(Exception):
    """A document cannot be had, read or used; the message says which one, what is wrong and what to do."""
