"""Conversations, pure: events in, turns out."""
