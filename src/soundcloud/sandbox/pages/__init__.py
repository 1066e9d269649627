"""The sandbox's HTML pages."""
