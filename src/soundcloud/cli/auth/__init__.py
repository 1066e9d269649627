"""Accounts and profiles of the command line, and the checks of `soundcloud doctor`."""
