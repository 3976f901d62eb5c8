"""Platforms and file formats, one folder each; of ours they know `weilu.chat.ports` only."""
