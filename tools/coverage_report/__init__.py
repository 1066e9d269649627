"""The coverage report: evidence, records and output formats."""
