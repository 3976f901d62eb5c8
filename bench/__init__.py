"""Benchmarks: ratios against a baseline in the same run; they never fail on time."""
