"""Reading of multipart forms with python-multipart, independent of the code under test."""

import io

from python_multipart.multipart import parse_form


def read_form(body: bytes, media_type: str) -> list[tuple[str, str | tuple[str, bytes]]]:
    """Return the parts of a form: the name, and a string or the name and content of a file."""
    parts = []
    files = []  # closed at the end: older versions of python-multipart flush a file after `on_file`

    def on_file(file):
        file.file_object.seek(0)
        parts.append((file.field_name.decode(), (file.file_name.decode(), file.file_object.read())))
        files.append(file)

    parse_form(
        {"Content-Type": media_type, "Content-Length": str(len(body))},
        io.BytesIO(body),
        lambda field: parts.append((field.field_name.decode(), (field.value or b"").decode())),
        on_file,
    )
    for file in files:
        file.close()
    return parts
