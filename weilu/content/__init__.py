"""Owns what a community is given to read and how much of it may be promotion (handbook D).

Map
- rules      the promotion share and what it allows, pure
- promotion  the guard of the send queue (D-2)
- queries    what members of groups have seen lately, and a community's policy
- actions    changing that policy
"""
