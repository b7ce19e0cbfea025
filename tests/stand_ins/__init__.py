"""Gateways of our own making, for tests: real servers that can also fail in every way that real ones do."""
