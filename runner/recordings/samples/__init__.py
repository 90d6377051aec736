"""Samples: small recordings with the structure of true ones, for the demo and the tests."""
