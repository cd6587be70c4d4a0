"""The company asks how it was: two surveys from its beginning, those who were asked in the month that is told, and the
people who answer live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from connectors.contract import CustomerAction
from inbox.clock import SECOND
from inbox.commands.survey_asks import AnswerSurvey
from inbox.commands.surveys import PutSurvey
from inbox.domain.permissions import Principal
from inbox.domain.state import State
from inbox.domain.survey_words import WORDS, preset
from inbox.domain.surveys import RANGE, options_of
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.sandbox.cast import Person, spoken
from inbox.sandbox.director import Cue
from inbox.sandbox.past import ASKED_AFTER
from inbox.sandbox.rhythm import Chance
from inbox.storage import surveys
from inbox.storage.database import Query

_SCORES: Mapping[str, Sequence[int]] = {"csat": (5, 5, 5, 5, 4, 4, 4, 3, 2, 1), "nps": (10, 10, 9, 9, 9, 8, 8, 7, 5, 2)}
_COMMENTS: Mapping[str, tuple[str, str]] = {
    "en": ("Quick and friendly, thank you!", "It took three days until somebody answered."),
    "el": ("Γρήγορα και ευγενικά, ευχαριστώ!", "Πέρασαν τρεις μέρες μέχρι να απαντήσει κάποιος."),
    "id": ("Cepat dan ramah, makasih Kak!", "Tiga hari baru dibalas."),
    "hy": ("Արագ և բարեհամբույր, շնորհակալություն։", "Երեք օր սպասեցի պատասխանի։"),
    "fi": ("Nopeaa ja ystävällistä, kiitos!", "Vastausta sai odottaa kolme päivää."),
    "de": ("Schnell und freundlich, danke!", "Drei Tage, bis jemand geantwortet hat."),
}
"""What is written beside a good score, and beside another."""
Look = Callable[[Person], tuple[str, Sequence[Mapping[str, str]]]]
"""A person → where he would write, and the thread he used last as he sees it."""


async def put_surveys(writer: Writer, principal: Principal) -> None:
    """Those who wrote a mail are asked whether they would recommend the shop, all others how content they are."""
    mail = {"field": "kind", "op": "is", "value": "mail"}
    for name, scale, where in (("Would they recommend us?", "nps", mail), ("How was our help?", "csat", {})):
        texts = [{"language": t.language, "question": t.question, "thanks": t.thanks} for t in preset(scale)]
        fields = {
            "name": name, "scale": scale, "texts": texts, "condition": where, "delay_seconds": ASKED_AFTER // SECOND,
            "every_days": 7, "after_rules": True, "active": True, "place": None,
        }  # fmt: skip
        await writer.submit(PutSurvey(principal, None, fields))


class Scores(Unit):
    """Somebody who was asked in a conversation answers on the page, as people do. Nothing where nobody was asked."""

    alone = True

    def __init__(self, conversation_id: int, number: int, chance: Chance, language: str) -> None:
        self.conversation_id = conversation_id
        self.number = number
        self.chance = chance
        self.language = spoken(language).removesuffix("-Latn")

    def run(self, state: State) -> Query[bool]:
        """The newest question of the conversation."""
        asks = yield from surveys.of_conversation(self.conversation_id)
        if not asks:
            return False
        score = _score(self.chance, asks[-1].scale, self.number)
        comment = ""
        if self.chance.below(3, "comment", self.number) == 0:
            good, bad = _COMMENTS.get(self.language, _COMMENTS["en"])
            comment = good if score >= (4 if asks[-1].scale == "csat" else 9) else bad
        return (yield from AnswerSurvey(asks[-1].id, score, comment).run(state))


def _score(chance: Chance, scale: str, *of: object) -> int:
    return _SCORES[scale][chance.below(len(_SCORES[scale]), "score", *of)]


def answers(people: Sequence[Person], look: Look, chance: Chance, now: int) -> Iterator[Cue]:
    """Who answers a survey now: more than half of those in whose private thread it is the last word."""
    for person in people:
        thread_id, items = look(person) if person.kind == "direct" else ("", ())
        if not items or items[-1]["from"] != "us":
            continue
        scale = _QUESTIONS.get(items[-1]["text"].split("\n")[0].strip())
        if scale is None or chance.below(100, "live survey", items[-1]["id"]) >= 60:
            continue
        score = _score(chance, scale, items[-1]["id"])
        text = options_of(scale)[score - RANGE[scale][0]].title
        action = CustomerAction(do="write", person=person.key, name=person.name, thread_id=thread_id, text=text)
        yield Cue(person.network, action, now, None)


_QUESTIONS = {words.csat_question: "csat" for words in WORDS.values()} | {
    words.nps_question: "nps" for words in WORDS.values()
}
"""What is asked → on which scale."""
