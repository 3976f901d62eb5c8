"""Rules about who is who, as pure functions over plain values (handbook C-1, C-6, H-6).

`names` compares names, `linking` proposes which identities are one person, `merging` joins and
parts them without loss, `speech` measures how each one speaks, `bots` tells machines and relays
from people, `staff` gathers hints of who runs a group.
"""
