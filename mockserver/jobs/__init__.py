"""Jobs as pure data: records, the changes between them, and everything that follows from one job."""
