"""Fault injection: settings, selection and the failures themselves."""
