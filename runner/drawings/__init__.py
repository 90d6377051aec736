"""Own drawings as pictures: what is read from disk, made safe, and measured in coordinates."""
