"""Tests of the gateway's own parts: outbox, conversations, storage."""
