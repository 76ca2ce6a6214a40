"""Administrators' pages of accounts: who is here, who joins, moves, leaves, what is imported, which systems keep accounts."""
