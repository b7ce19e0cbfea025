"""A week of a city: thousands of events on a virtual clock, over the real desk and a real database."""
