"""The contract tests: documented facts that hold for any server of the API."""
