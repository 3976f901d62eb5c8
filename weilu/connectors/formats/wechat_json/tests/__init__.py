"""Tests of the wechat_json reader."""
