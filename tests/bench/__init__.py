"""Benchmarks: ratios against their floors, measured in turns (`make bench`)."""
