"""What rules fill in for lower contexts."""
