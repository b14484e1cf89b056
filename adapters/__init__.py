"""The edges: what the desk hears and says over the network and from files."""
