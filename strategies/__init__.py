"""Hypothesis strategies drawn from the schema."""
