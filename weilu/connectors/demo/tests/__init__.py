"""Proofs of the demo community."""
