"""Tests of mattermost."""
