"""Callbacks: which ones a job makes, where they may go, and their delivery."""
