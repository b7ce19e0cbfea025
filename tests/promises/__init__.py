"""The promises: a file for each, against the whole running thing; every one has been seen to fail."""
