"""Discord text channels through a bot, by discord.py 2.7 (K-4, B-6).

A group is a text channel; its threads, also the posts of a forum, are talk in it. Groups, people
and messages bear the ids of exports. `client` hears the gateway, `decode` is pure but for names in
discord.py's objects, `catchup` reads what was missed, `orders` acts by REST, `doctor` examines.

Proven with discord.py as the client against simcord, an emulation of Discord by others, and its
HTTP side against a small server; not tried against Discord itself.
"""
