"""Summaries on a schedule, and what people muted in them."""
