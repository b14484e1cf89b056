"""The fictional company and its two minutes."""
