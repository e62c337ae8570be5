"""A client of an API under test, and findings about its answers."""
