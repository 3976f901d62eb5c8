"""Pages for members: rules, reports, appeals. Light, for phones, no signing in.

Map
- door       what a failure looks like outside, where a visit comes from
- rulebook   a community's rules, confirming them, reporting what disturbs
- appeals    asking for a second look
"""
