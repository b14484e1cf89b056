"""Hours, calendars, spans."""
