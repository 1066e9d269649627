"""Output of the commands: tables, JSON, CSV, progress and export files."""
