"""Runs of checks and probes against one API: planned, within a budget, tidied afterwards."""
