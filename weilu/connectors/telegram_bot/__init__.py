"""Telegram groups through a bot, by the Bot API over long polling, with aiogram (K-4, B-6).

Groups, people and messages bear the ids that Telegram Desktop writes into its exports, so that
history and live talk are one. Proven with aiogram as the judge against a small Bot API server
(`tests/botapi.py`); not tried against Telegram itself.
"""
