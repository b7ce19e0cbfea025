"""The phone in the terminal."""
