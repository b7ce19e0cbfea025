"""The whole thing as people meet it: a citizen's phone, a volunteer's phone, a browser, and nothing of our insides."""
