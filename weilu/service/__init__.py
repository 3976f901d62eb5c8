"""Owns welcomes, questions and answers (handbook H).

Map
- greetings      newcomers greeted together, once (H-1)
- conversations  who answers whom, worked out anew for months (H-2)
- rules          the words of a greeting, pure
"""
