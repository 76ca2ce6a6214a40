"""Pages of real names and of acting for others. Each view makes one call that writes."""
