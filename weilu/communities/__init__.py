"""Owns what a community is (handbook A): its name, its clock."""
