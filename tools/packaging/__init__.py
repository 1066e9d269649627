"""Builds and checks the distribution."""
