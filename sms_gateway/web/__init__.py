"""The pages for people, and the health of the house."""
