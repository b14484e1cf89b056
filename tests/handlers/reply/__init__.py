"""Replies to the public."""
