"""Pages for members: join links, rules, reports, appeals. Light, for phones, no signing in.

Map
- door       what a failure looks like outside, where a visit comes from
- rulebook   a community's rules, confirming them, reporting what disturbs
- join       the page behind a join link
- appeals    asking for a second look
"""
