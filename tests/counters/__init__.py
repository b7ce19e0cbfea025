"""Tests of counters: lists that are imported, the nearest to a town."""
