"""Who is worth what to the community (C-4 to C-7), worked out by jobs into tables by member.

- booking      exchange read from talk → ledgers → goodwill and levels (`members`)
- edges        what is so old that ledgers only carry it
- influence    KOC and true fans: what members cause in others
- prizes       who only comes for prizes
- keeping      the order in which all of it follows new talk
"""
