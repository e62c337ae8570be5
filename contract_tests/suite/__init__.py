"""What checks and probes are made of: their registry, the context that they ask an API in, their results."""
