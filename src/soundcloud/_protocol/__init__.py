"""Decisions and conversions without I/O, clock, sleep or random numbers; both clients share them."""
