"""Tests of the starter kit and the launch checklist."""
