"""Tests of wechat_text."""
