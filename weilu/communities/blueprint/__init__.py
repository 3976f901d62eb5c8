"""The blueprint of a community (A-1 to A-5): canvas, product fit, choice of a platform.

`models` holds the sheet being written, its kept versions, and the answers given to both
questionnaires; `actions` write them, `queries` say how far a plan has come, `rules` decide, and
`starts` holds plans to begin with, as data in both languages.
"""
