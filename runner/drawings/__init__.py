"""Drawings: pictures made safe, and positions on them."""
