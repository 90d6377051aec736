"""Own what is told afterwards: results, and the forms they take."""
