"""What people wrote about, for a department that does not work in the inbox: tags, words, new reviews, some to look at.

Nobody is named. Words are counted once per conversation, and shown only when several conversations have them, so that
none tells of one person.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from inbox.domain.figures import Asked
from inbox.domain.permissions import Scope
from inbox.domain.words import fold, sounds
from inbox.eventlog.directory import Directory
from inbox.reports.mail_words import COMMON
from inbox.storage import report_mails as stored
from inbox.storage.database import Query
from inbox.storage.report_mails import Said
from inbox.storage.reports_source import tags_in

READ = 5_000
"""So many of the newest items are looked at for words."""
GROUPS, WORDS, REVIEWS, SAMPLES = 6, 12, 8, 5
SEVERAL = 2
_WORD = re.compile(r"[^\W\d_]{4,30}")
_NAMED = re.compile(r"https?://\S+|\S+@\S+|[@#]\w+")
"""What is no word of a topic: addresses, and people who are called."""
_COMMON = frozenset(sounds(fold(word)) for word in COMMON)
"""As they sound: Greek and Armenian in Latin letters are the same words."""


class Words(msgspec.Struct, frozen=True):
    """The words said most under a tag or campaign; `name` is empty for all together."""

    name: str
    said: list[tuple[str, int]]


class Topics(msgspec.Struct, frozen=True):
    """What a digest tells beside the table of tags."""

    words: list[Words]
    reviews: list[Said]
    samples: list[Said]


def topics(asked: Asked, scope: Scope, directory: Directory) -> Query[Topics]:
    """Of a period, for what a scope sees."""
    said = yield from stored.received(asked, scope, READ)
    reviews = yield from stored.reviews(asked, scope, REVIEWS)
    samples: dict[int, Said] = {}
    for one in said:
        if one.text and len(samples) < SAMPLES:
            samples.setdefault(one.conversation_id, one)
    return Topics(_groups(said, asked, directory), reviews, list(samples.values()))


def _groups(said: Sequence[Said], asked: Asked, directory: Directory) -> list[Words]:
    """By the tags and campaigns asked for; where none is, by the tags there are most of, and all together."""
    tagged: dict[int, list[Said]] = defaultdict(list)
    run: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        for tag_id in tags_in(one.tags):
            tagged[tag_id].append(one)
        run[one.campaign_id].append(one)
    by_size = sorted(tagged, key=lambda tag_id: (-len(tagged[tag_id]), tag_id))
    wanted = [tag_id for tag_id in asked.filters.tag if tag_id] or ([] if asked.filters.campaign else by_size)
    groups = [("", said)] if not asked.filters.tag and not asked.filters.campaign else []
    groups += [(directory.campaigns[i].name, run[i]) for i in asked.filters.campaign if i in directory.campaigns]
    groups += [(directory.tags[i].name, tagged[i]) for i in wanted if i in directory.tags]
    made = (Words(name, most_said(some)) for name, some in groups[:GROUPS])
    return [one for one in made if one.said]


def most_said(said: Iterable[Said]) -> list[tuple[str, int]]:
    """Words, spelt as most spell them, with the number of conversations that have them."""
    inside: dict[str, set[int]] = defaultdict(set)
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for one in said:
        for word in _WORD.findall(_NAMED.sub(" ", one.text)):
            folded = fold(word)
            if sounds(folded) not in _COMMON:
                inside[folded].add(one.conversation_id)
                spelt[folded][word.lower()] += 1
    several = [(folded, len(ids)) for folded, ids in inside.items() if len(ids) >= SEVERAL]
    several.sort(key=lambda pair: (-pair[1], pair[0]))
    return [(spelt[folded].most_common(1)[0][0], n) for folded, n in several[:WORDS]]
