"""Tests of wechat_csv."""
