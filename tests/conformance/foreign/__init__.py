"""Systems of other people that log in at ours, each a program of its own."""
