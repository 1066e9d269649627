"""The full-screen browser of the command, built with Textual."""
