"""The conversation with Evercam: addresses, login, create, finish."""
