"""The one neutral card, and each card as a function of a view."""
