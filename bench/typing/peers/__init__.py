"""Other servers that the bench measures, and what each needs to meet the same engine."""
