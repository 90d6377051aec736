"""Writing into a manifest's text, in which all else stays as it is."""
