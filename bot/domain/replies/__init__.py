"""A reply to the public on its way."""
