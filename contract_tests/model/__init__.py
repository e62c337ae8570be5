"""A plain model of accounts and jobs, and where an answer differs from it."""
