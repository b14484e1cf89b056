"""The rules of the desk: pure values and moves, no I/O, no platform."""
