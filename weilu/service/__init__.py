"""Owns welcomes, questions and answers (handbook H).

Map
- greetings      newcomers greeted together, once (H-1)
- first_days     who came, whether they spoke, first questions nobody answers (H-1)
- companions     members who keep newcomers company (H-1)
- conversations  who answers whom, worked out anew for months (H-2)
- rules          the words of a greeting, which companion, pure
"""
