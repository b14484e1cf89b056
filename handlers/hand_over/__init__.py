"""From hand to hand: between departments, colleagues and shifts; who sees it."""
