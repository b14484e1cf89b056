"""Near-copies, and cases merged into one."""
