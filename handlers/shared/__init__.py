"""What many handlers need: a case as one reader sees it, rights, timers, sentences."""
