"""Tests of questions and conversations."""
