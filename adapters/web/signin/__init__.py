"""Signing in to the web chat: through the company's OpenID provider, or by a one-time link."""
