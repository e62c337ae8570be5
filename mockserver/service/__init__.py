"""The server's parts behind the handlers, assembled in `mock.py`."""
