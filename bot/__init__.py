"""Baton: the desk where a company's departments answer the public together."""
