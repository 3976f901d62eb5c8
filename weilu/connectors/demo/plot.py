"""What happens when in the demo community: how much is said, at which hours, in which days.

Days count from 0 to 364, the last is the day the story ends (handbook J-2 needs every turn).
"""

from __future__ import annotations

from datetime import date

DAYS = 365
OLD_FRIENDS_GROUP, NEWCOMERS_GROUP, ROCK_TEA_GROUP = 0, 1, 2
CRISIS_DAYS = range(250, 253)
CRISIS_VOICES = (55, 42, 20)
OWNER_SPEAKS = 58_000
CALM_DAYS = range(253, 258)
# The expert leaves in time for the last four weeks to be compared with the four before.
EXPERT_GONE = 336
MISSED_DAYS = range(EXPERT_GONE + 1, EXPERT_GONE + 12)
NOTICE_BOARD_FROM = 240
POOR_NIGHTS_FROM = 304
NIGHT_FROM = 19
NIGHT_TO = 6
RED_PACKET_WEEKDAY = 4

# Conversations to expect at each local hour, of 100: breakfast, noon, and the long evening.
HOURS_WORK = (1, 0, 0, 0, 0, 1, 2, 4, 5, 5, 5, 5, 8, 6, 4, 4, 4, 4, 5, 7, 10, 11, 6, 3)
HOURS_REST = (2, 1, 0, 0, 0, 0, 1, 3, 5, 7, 8, 7, 6, 6, 7, 7, 6, 5, 5, 6, 7, 6, 3, 2)

# Who talks on Monday … Sunday, against the average.
WEEKDAYS = (0.9, 0.92, 0.95, 1.0, 1.15, 1.12, 0.96)

# Tea drinkers talk more around spring tea, the mid-autumn festival and the New Year.
MONTHS = {1: 1.15, 2: 0.8, 3: 1.15, 4: 1.25, 5: 1.0, 6: 0.9, 7: 0.8, 8: 0.95, 9: 1.2}


def threads_of_day(group: int, day: int, when: date) -> float:
    """How many conversations to expect in a group on a day."""
    rhythm = WEEKDAYS[when.weekday()] * MONTHS.get(when.month, 1.0)
    if day in CRISIS_DAYS and group != ROCK_TEA_GROUP:
        rhythm *= 0.4
    return rhythm * (_old_friends, _newcomers, _rock_tea)[group](day)


def _old_friends(day: int) -> float:
    """Lively until the expert leaves, then less every week."""
    if day < EXPERT_GONE:
        return 17.0
    return max(5.0, 10.5 - (day - EXPERT_GONE) / 7)


def _newcomers(day: int) -> float:
    """Grows with the members, slowly."""
    return 7.0 + day / 36


def _rock_tea(day: int) -> float:
    """A study circle that falls silent; what is left is a notice board."""
    if day < 150:
        return 9.0
    return max(0.02, 9.0 - (day - 150) / 10)


def season(month: int) -> str:
    """The season whose teas are talked of in a month."""
    return ("winter", "spring", "summer", "autumn")[month % 12 // 3]


def is_poor_night(group: int, day: int, hour: int) -> bool:
    """Whether nobody is on duty: nights of the newcomers' group in the last two months."""
    return (
        group == NEWCOMERS_GROUP
        and day >= POOR_NIGHTS_FROM
        and (hour >= NIGHT_FROM or hour < NIGHT_TO)
    )


def unanswered_share(group: int, day: int, hour: int) -> float:
    """Chance that a question stays unanswered; nights in question get worse week by week."""
    if not is_poor_night(group, day, hour):
        return 0.04
    return min(0.95, 0.65 + (day - POOR_NIGHTS_FROM) / 120)
