"""What is measured, not asserted: `make bench`, or `python -m benchmarks.NAME`."""
