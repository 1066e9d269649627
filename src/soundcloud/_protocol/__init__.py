"""The pure core: decisions and conversions without I/O, clock, sleep or randomness. It has no colour."""
