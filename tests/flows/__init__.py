"""Tests of the conversations floor: pure, quick, without a database."""
