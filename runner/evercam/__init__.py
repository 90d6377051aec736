"""Own the conversation with Evercam: login, create, finish."""
