"""Connected platforms: what they hand in is stored, what was decided is carried out (K-4, B-6).

`connections` makes and changes them, `arrivals` stores parcels, `queue` holds what is to go out,
`guards` may hold it back, `sending` claims and settles it, `gateway` is the process that keeps
the sessions open. `queries` tells pages how it stands.
"""
