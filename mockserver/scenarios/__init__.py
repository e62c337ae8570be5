"""Failures on request: what can be chosen, what applies to a request, and how it is injected."""
