"""Postings as bytes: for every token the places that hold it, as differences. Pure.

A posting is one number, the token's 32 bits above the place's 20. A body holds the postings of one
shard (the tokens that begin with the same bits): how many tokens, the tokens, where the bytes of
each end, then the bytes: seven bits a byte, the first place itself, then how far the next is.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from weilu.chat.search.tokens import Ints

PLACE_BITS = 20
_TOKEN_BITS = 32
_PLACES = (1 << PLACE_BITS) - 1
_SHARDS_AT_ONCE = 16
_SEVEN = 0x7F
_MORE = 0x80

Bytes = npt.NDArray[np.uint8]


def shard_of(token: int, bits: int) -> int:
    """Which of 2^bits shards a token belongs to."""
    return token >> (_TOKEN_BITS - bits)


def joined(token: Ints, place: Ints) -> Ints:
    """Postings of tokens and places, ascending, unique."""
    return distinct((token << PLACE_BITS) | place)


def distinct(postings: Ints) -> Ints:
    """Postings ascending, each once; sorts what it is given.

    NumPy's own way by a hash takes ten times as long.
    """
    postings.sort()
    new = np.ones(len(postings), dtype=np.bool_)
    np.not_equal(postings[1:], postings[:-1], out=new[1:])
    return postings if new.all() else postings[new]


def packed(postings: Ints, bits: int) -> dict[int, bytes]:
    """Shard → body of ascending unique postings; shards that hold nothing are left out."""
    # A few shards at a time: what is made on the way is several times as large as they are.
    firsts = np.arange(0, (1 << bits) + 1, _SHARDS_AT_ONCE) << (_TOKEN_BITS - bits + PLACE_BITS)
    made: dict[int, bytes] = {}
    for low, high in pairwise(np.searchsorted(postings, firsts).tolist()):
        if low < high:
            made |= _packed(postings[low:high], bits)
    return made


def _packed(postings: Ints, bits: int) -> dict[int, bytes]:
    token = postings >> PLACE_BITS
    starts = np.flatnonzero(np.diff(token, prepend=-1))
    data, ends = _written(postings & _PLACES, starts)
    tokens = token[starts]
    shard = tokens >> (_TOKEN_BITS - bits)
    bounds = np.append(np.flatnonzero(np.diff(shard, prepend=-1)), len(tokens)).tolist()
    made: dict[int, bytes] = {}
    for low, high in pairwise(bounds):
        begin = int(ends[low - 1]) if low else 0
        stop = int(ends[high - 1])
        head = np.concatenate([[high - low], tokens[low:high], ends[low:high] - begin])
        made[int(shard[low])] = head.astype("<u4").tobytes() + data[begin:stop].tobytes()
    return made


def _written(place: Ints, starts: Ints) -> tuple[Bytes, Ints]:
    """The bytes of all places, and where those of each token end; tokens start at `starts`."""
    step = np.diff(place, prepend=0)
    step[starts] = place[starts]
    size = 1 + (step > _SEVEN) + (step >= 1 << 14)
    end = np.cumsum(size)
    begin = end - size
    data = np.zeros(int(end[-1]), dtype=np.uint8)
    data[begin] = (step & _SEVEN) | np.where(size > 1, _MORE, 0)
    two = size > 1
    data[begin[two] + 1] = ((step[two] >> 7) & _SEVEN) | np.where(size[two] > 2, _MORE, 0)
    three = size > 2
    data[begin[three] + 2] = step[three] >> 14
    return data, end[np.append(starts[1:], len(place)) - 1]


def _steps(data: Bytes) -> Ints:
    """The numbers that bytes hold."""
    ends = np.flatnonzero(data < _MORE)
    starts = np.append(0, ends[:-1] + 1)[: len(ends)]
    size = ends - starts + 1
    wide = (data & _SEVEN).astype(np.int64)
    steps: Ints = wide[starts]
    two = size > 1
    steps[two] |= wide[starts[two] + 1] << 7
    three = size > 2
    steps[three] |= wide[starts[three] + 2] << 14
    return steps


def places(body: bytes, token: int) -> Ints:
    """The places that hold a token, ascending; empty when none does."""
    count = int(np.frombuffer(body, dtype="<u4", count=1)[0])
    tokens = np.frombuffer(body, dtype="<u4", count=count, offset=4)
    at = int(np.searchsorted(tokens, token))
    if at == count or tokens[at] != token:
        return np.zeros(0, dtype=np.int64)
    ends = np.frombuffer(body, dtype="<u4", count=count, offset=4 + 4 * count)
    low, high = (int(ends[at - 1]) if at else 0), int(ends[at])
    start = 4 + 8 * count
    found: Ints = np.cumsum(_steps(np.frombuffer(body, np.uint8, high - low, start + low)))
    return found


def unpacked(body: bytes) -> Ints:
    """Every posting of a body, ascending."""
    count = int(np.frombuffer(body, dtype="<u4", count=1)[0])
    tokens = np.frombuffer(body, dtype="<u4", count=count, offset=4).astype(np.int64)
    ends = np.frombuffer(body, dtype="<u4", count=count, offset=4 + 4 * count)
    data = np.frombuffer(body, dtype=np.uint8, offset=4 + 8 * count)
    steps = _steps(data)
    upto = np.cumsum(data < _MORE)[ends.astype(np.int64) - 1]
    held = np.diff(upto, prepend=0)
    total = np.cumsum(steps)
    before = np.append(0, total[upto[:-1] - 1])
    found: Ints = (np.repeat(tokens, held) << PLACE_BITS) | (total - np.repeat(before, held))
    return found
