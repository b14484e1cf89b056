"""Microsoft Teams: words in, cards out."""
