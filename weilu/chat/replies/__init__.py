"""Who answers whom in a group, and which questions found an answer (J-1, H-2); pure numpy.

`rules.link` decides links, `questions` finds questions and their answers, `evaluate` scores the
links against hand-made ones. Inside: `talk` (values in and out), `words` (texts to columns, by
`core.texts`; with `classes`, `mentions` and `rare`), `context` (who spoke to whom last),
`features`, `scorer` (a small network with `weights.npz`).

The weights were trained, by `bench/train_replies.py`, on the reply links that Jonathan K.
Kummerfeld and others annotated by hand in logs of the Ubuntu channel: "A Large-Scale Corpus for
Conversation Disentanglement", ACL 2019, https://github.com/jkkummerfeld/irc-disentanglement,
licence CC BY 4.0, https://creativecommons.org/licenses/by/4.0/. The files were changed into
numbers; nothing of the logs is part of this package.
"""
