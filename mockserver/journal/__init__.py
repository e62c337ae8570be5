"""What passed through the server, kept and printed without secrets."""
