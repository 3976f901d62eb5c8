"""What pages ask about people (C-1, C-2): lists, profiles, all their messages, conversations.

- listing      the member list: filters, order, keyset paging, over the members' totals
- messages_of  all messages of one member, newest first, found through the roll-ups
- profile      everything a profile shows
- same         who may be one person, and who was found to be
- around       the conversation around a message
"""
