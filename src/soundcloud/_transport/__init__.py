"""Sends requests and receives responses over HTTP."""
