"""The starter kit: what is ready before a community opens its doors (A-9).

Map
- drafts   good words to begin with, filled from the plan, by trade, in both languages
- pieces   what was written of them, and whether it was put to use
- texts    the words themselves, as data, each language written on its own
"""
