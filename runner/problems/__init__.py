"""Problems: what is wrong, where, by which rule, and how that is shown."""
