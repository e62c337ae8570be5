"""Results of a run as text."""
