"""What rules say: the texts they choose, and how they are stored."""

from __future__ import annotations

import msgspec
import pytest

from inbox.domain import rules as r
from inbox.domain.rule_records import Rule

ENGLISH = (r.Variant(text="Hello", language="en"), r.Variant(text="Hi", language="en"))
GREEK = r.Variant(text="Γεια", language="el")
ANY = r.Variant(text="👋")


@pytest.mark.parametrize(
    ("language", "variants", "texts"),
    [
        ("en", (*ENGLISH, GREEK), {"Hello", "Hi"}), ("el", (*ENGLISH, GREEK), {"Γεια"}),
        ("fi", (*ENGLISH, GREEK, ANY), {"👋"}), (None, (GREEK, *ENGLISH), {"Γεια"}),
    ],
)  # fmt: skip
def test_the_text_is_in_the_customer_s_language(
    language: str | None, variants: tuple[r.Variant, ...], texts: set[str]
) -> None:
    """Else one for everyone, else the first one's language; every one of them comes up, and a seed is a text."""
    chosen = [r.chosen(variants, language, seed) for seed in range(1_000, 1_200)]
    assert {one.text for one in chosen if one is not None} == texts
    assert chosen == [r.chosen(variants, language, seed) for seed in range(1_000, 1_200)]


def test_texts_are_filled_in() -> None:
    """First name, name and number; a person without a name leaves a gap, not a brace."""
    assert r.filled("Hi {first_name} ({name}), no. {number}", "Eleni Papa", 7) == "Hi Eleni (Eleni Papa), no. 7"
    assert r.filled("Hi {first_name}!", "", 7) == "Hi !"


def test_a_version_survives_storage() -> None:
    """Triggers and actions of every kind."""
    said = r.RuleVersion(
        trigger=r.OnVolume(scope="post", minutes=15, times=3.0, minimum=10),
        condition={"field": "tag", "op": "is", "value": "41"},
        actions=(r.AddTags(tag_ids=(41,)), r.AutoReply(variants=(GREEK,), private=True), r.Assign(agent_id=None)),
        stop=True,
    )
    text = msgspec.json.encode([said]).decode()
    rule = Rule(1, "r", 1, 1, text, 0, None, 0, 1)
    assert r.rule_versions_of(rule) == [said]
    assert r.saying(rule) == said


def test_rules_are_asked_by_place() -> None:
    """Those that are off or removed are not."""
    made = [Rule(n, "r", place, active, "[]", 0, None, 0, 1) for n, place, active in ((1, 3, 1), (2, 1, 1), (3, 2, 0))]
    removed = Rule(4, "r", 0, 1, "[]", 0, None, 0, 1, removed_at=5)
    assert [one.id for one in r.active_in_order([*made, removed])] == [2, 1]
