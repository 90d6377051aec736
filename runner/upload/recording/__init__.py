"""One recording over tus, from the first byte to the last."""
