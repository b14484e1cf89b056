"""What digests count and name."""
