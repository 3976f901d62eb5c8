"""Join links: one permanent address that leads to a group with room (B-1, B-2).

Map
- saving    making and changing links and where they lead
- visiting  leading a visitor on, and counting the visit
- declaring newcomers who say by which link they came
- counting  what came of a link, and which need a hand
"""
