"""What is measured, and how: medians of interleaved runs, ratios within one run. `make bench` runs all of it."""
