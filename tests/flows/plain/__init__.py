"""The rules of plain language: how well they judge, and when a flow may leave them."""
