"""Where a server keeps its jobs, counters and records."""
