"""Evercam: its addresses, and the requests to log in, create an upload, and finish it."""
