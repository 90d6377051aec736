"""The page of a plan: drawings, routes, frames and warnings."""
