"""How posts become cases: filed, gathered, edited, deleted."""
