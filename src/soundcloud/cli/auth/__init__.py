"""Accounts of the command: profiles, credentials, diagnostics."""
