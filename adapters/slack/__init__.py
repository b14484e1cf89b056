"""Slack: words in, cards out."""
