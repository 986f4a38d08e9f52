"""Double-entry bookkeeping for a household: statements in, reports out."""
