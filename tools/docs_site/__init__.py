"""Builds the documentation site and the generated pages."""
