"""The contract tests: what any server with the API's URL must do."""
