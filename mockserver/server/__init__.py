"""The ASGI application and the socket that it is served on."""
