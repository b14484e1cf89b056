"""Answering for a case: claiming it, its notes, its rest, its end, and taking that back."""
