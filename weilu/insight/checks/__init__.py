"""Diagnosis checks (J-2, J-3): one file per check, all listed in `registry.CHECKS`.

A new check is one file with a function of the shape `base.Check` and one line in the registry.
"""
