"""Counters: places where somebody receives people, imported from lists and found by town when no person can answer."""
