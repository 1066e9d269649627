"""The steps of a call: cache, single-flight, retry, send."""
