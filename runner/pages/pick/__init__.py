"""Positions picked by clicks: the page, its session, its local server."""
