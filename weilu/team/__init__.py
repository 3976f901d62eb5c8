"""Owns who does what in a community and who begins it with you (handbook A-7, A-8, I).

Map
- rules      gaps and doubled hats of a structure, the evidence that makes a seed member; pure
- structure  the posts of a community, held by staff, members or somebody named
- seeds      the invitation list of seed members
"""
