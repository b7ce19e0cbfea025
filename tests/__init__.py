"""The tests of Guichet; they mirror the code, and each promise has a file of its own in `promises`."""
