"""Probes: one for each question of the ledger that can be asked, saying which answer a server shows."""
