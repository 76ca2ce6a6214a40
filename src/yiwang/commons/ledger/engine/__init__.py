"""Merkle tree, signed notes and receipts, free of any framework."""
