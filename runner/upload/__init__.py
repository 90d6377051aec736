"""Own the transfer of one recording to the tus server, from the first byte to the last."""
