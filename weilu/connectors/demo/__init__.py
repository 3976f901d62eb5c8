"""The demo community: a made-up tea shop, so that every page is alive (handbook K-4).

What is said: `words` (occasions), `topics*` (small talk), `asking` (questions), put into sentences
by `talk`. Who says it: `cast`, with `names`. What happens when: `plot`. How it is played: `stage`
(one group's clock, people and records), `scenes` (conversations), `shop` (the year).
All names and events are invented; the same date and seed always give the same community.
"""
