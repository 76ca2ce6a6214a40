"""The command line of seals."""
