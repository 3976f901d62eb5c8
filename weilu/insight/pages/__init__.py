"""What pages ask of the numbers: each module assembles one part of a page for its viewer.

Map
- look       which community, groups, days and people a page looks at (`Look`); read first
- front      the first page: people, speakers, messages, moves, questions, hours
- people     who spoke, who is new, who is present, who is silent
- talk       messages of days and hours, words that rose, links
- replies    questions and their answers, who answers whom
- moves      who really came and went
- sides      groups side by side

Everything takes a `Look`, which was made for a viewer: what is another workspace's is NotFound.
"""
