"""Is it fit to be sent? Facts of all files in, problems out."""
