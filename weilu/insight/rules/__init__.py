"""Pure analysis of what happened in a group (J-1, B-4, C-2, H-2): numbers in, codes out.

- `retention`: cohorts, exact-day retention, who came back.
- `spread`: how evenly people carry the talk: Gini, top shares, bus factor, Lorenz curve.
- `rhythm`: hour × weekday map, peak and quiet hours, awake window, centre of the day, drift.
- `change`: a period against the one before, beyond noise or not; trend over weeks.
- `words`, `stop_words`: words of Chinese and English chat, and those that rose.
- `lifecycle`: stage of a group and stages of members from talk alone.
- `graph`: who answers whom, pruned, grouped and laid out for a picture.
- `stay`: real joins and leaves out of reconnects.

No Django, no I/O, no clock. A day is an int: days since 1970-01-01 in the community's zone.
"""
