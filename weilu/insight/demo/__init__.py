"""What the people of the demo have on their desk: links, tags, tasks, notes (K-4).

The talk of its members is told by `connectors`; here the shop goes about its work, by the same
actions as anybody else, so that no page of the demo is an empty room.
"""
