"""The pages: who may open which, what they say, and what a real browser makes of them."""
