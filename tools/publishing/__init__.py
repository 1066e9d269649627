"""Publishes the results of the nightly job."""
