"""Signing in with the company's own account, by OpenID Connect."""
