"""Picking positions: what can be set, the session over a manifest, its local server."""
