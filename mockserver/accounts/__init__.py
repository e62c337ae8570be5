"""Accounts: what each overrides, may spend, and has saved."""
