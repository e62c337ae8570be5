"""Contract tests that know a URL only."""
