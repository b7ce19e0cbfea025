"""Tests of settings, keys, the start, the web server, the commands."""
