"""Results from a run's events, and the forms they take."""
