"""Small true recordings, for the demo and the tests."""
