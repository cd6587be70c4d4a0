"""Conditions: their JSON form, what is wrong with one, whether it holds and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.clock import SECOND
from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import FIELDS, OPS
from inbox.domain.conditions import MAX_DEPTH, as_json, fields_of, holds, parse, why
from inbox.errors import Invalid

FACTS = Facts(
    now=1_000 * SECOND, status="open", priority="high", kind="comment", audience="public", network="telegram",
    channel=11, team=None, assignee=21, tag_text="41,42", language="el", rating=2, post=(51,), is_ad=True,
    waiting_since=400 * SECOND, created_at=0, last_activity_at=900 * SECOND, origin_text='{"kind":"ad"}',
    contact_text='{"vip":"Yes","followers":"12000"}', text="Θέλω πίσω τα χρήματά μου! see example.com/x",
    file_text='[{"id":1,"kind":"image","title":"","meta":{},"cid":null}]', item_kind="comment",
)  # fmt: skip


def asked(field: str, op: str, value: Any = None) -> bool:
    """Whether one test holds of the facts."""
    form = {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}
    return holds(parse(form), FACTS)


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("status", "is", "open"), ("kind", "any_of", ["comment", "mention"]), ("channel", "is", "11"),
        ("channel", "any_of", ["11", "12"]), ("team", "not_set", None), ("assignee", "set", None),
        ("priority", "at_least", "high"), ("priority", "at_most", "urgent"), ("tag", "is", "41"),
        ("tag", "any_of", ["7", "42"]), ("tag", "none_of", ["7"]), ("rating", "at_most", 2), ("is_ad", "is", True),
        ("post", "is", "51"), ("waiting_seconds", "at_least", 600), ("idle_seconds", "at_most", 100),
        ("origin", "is", "ad"), ("text", "has_words", "χρηματα μου"), ("text", "has_not_words", ["χρημα"]),
        ("has_link", "is", True), ("only_emoji", "is", False), ("attachment", "is", "image"), ("length", "at_least", 9),
        ("word_count", "at_most", 20), ("contact.vip", "is", "yes"), ("contact.vip", "any_of", ["YES"]),
        ("contact.followers", "at_least", 10_000), ("contact.nothing", "not_set", None),
        ("business_hours", "is", "inside"), ("waiting_since", "set", None), ("language", "is_not", "en"),
    ],
)  # fmt: skip
def test_a_test_that_is_so_holds(field: str, op: str, value: Any) -> None:
    """One for each kind of field and operator."""
    assert asked(field, op, value)


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("status", "is", "closed"), ("team", "is", "5"), ("priority", "at_least", "urgent"), ("tag", "none_of", ["41"]),
        ("sentiment", "is", "negative"), ("sentiment", "at_most", "neutral"), ("urgency", "set", None),
        ("contact.vip", "at_least", 3), ("blocked", "is", True), ("previous_conversations", "at_least", 0),
    ],
)  # fmt: skip
def test_what_is_not_so_or_not_known_does_not_hold(field: str, op: str, value: Any) -> None:
    """Of what is not known nothing is said."""
    assert not asked(field, op, value)


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ([], "condition"), ({"field": "colour", "op": "is", "value": 1}, "condition.field"),
        ({"field": "status", "op": "at_least", "value": "open"}, "condition.op"),
        ({"field": "status", "op": "is", "value": "done"}, "condition.value"),
        ({"all": [{"field": "rating", "op": "is", "value": "two"}]}, "condition.all[0].value"),
        ({"any": {"all": []}}, "condition.any"), ({"all": [], "any": []}, "condition"),
        ({"not": {"any": [{"field": "tag", "op": "any_of", "value": ["x"]}]}}, "condition.not.any[0].value[0]"),
        ({"field": "tag", "op": "any_of", "value": []}, "condition.value"),
        ({"field": "text", "op": "has_words", "value": [" * "]}, "condition.value[0]"),
        ({"field": "team", "op": "set", "value": True}, "condition.value"),
        ({"field": "status", "op": "is", "value": "open", "more": 1}, "condition"),
        ({"field": "contact.", "op": "set"}, "condition.field"),
        ({"field": "contact.a\0b", "op": "set"}, "condition.field"),
        ({"field": "field.a\0b", "op": "set"}, "condition.field"),
        ({"field": "field.case", "op": "is", "value": "A\0"}, "condition.value"),
        ({"field": "language", "op": "is", "value": "\0"}, "condition.value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_path(form: Any, path: str) -> None:
    """The one who writes a rule sees where."""
    with pytest.raises(Invalid) as refused:
        parse(form)
    assert (refused.value.code, refused.value.detail.split(": ")[0]) == ("condition", path)


def test_a_tree_has_limits() -> None:
    """Neither too deep nor too wide."""
    deep: Any = {"field": "status", "op": "is", "value": "open"}
    for _ in range(MAX_DEPTH):
        deep = {"not": deep}
    wide = {"all": [{"any": [{"field": "status", "op": "is", "value": "open"}] * 60}] * 2}
    for form in (deep, wide):
        with pytest.raises(Invalid):
            parse(form)


def test_every_group_is_asked_as_it_says() -> None:
    """`all` of nothing holds, `any` of nothing does not."""
    yes, no = {"field": "status", "op": "is", "value": "open"}, {"field": "spam", "op": "is", "value": True}
    table = [
        ({}, True), (None, True), ({"all": []}, True), ({"any": []}, False), ({"all": [yes, no]}, False),
        ({"any": [no, yes]}, True), ({"not": {"any": [no]}}, True), ({"all": [yes, {"not": no}]}, True),
    ]  # fmt: skip
    assert [holds(parse(form), FACTS) for form, _ in table] == [expected for _, expected in table]


def test_why_names_the_tests_that_decided() -> None:
    """With what was found, the phrases as they were written, and those below a `not` as not held."""
    form = {
        "all": [
            {
                "any": [
                    {"field": "spam", "op": "is", "value": True},
                    {"field": "text", "op": "has_words", "value": ["scam", "θέλω*"]},
                ]
            },
            {"not": {"field": "tag", "op": "is", "value": "7"}},
        ]
    }
    reasons = [(one.field, one.found, one.held) for one in why(parse(form), FACTS)]
    assert reasons == [("text", ("θέλω*",), True), ("tag", (41, 42), False)]
    assert why(parse({"field": "spam", "op": "is", "value": True}), FACTS) == []


_leaf = st.one_of(
    st.fixed_dictionaries({"field": st.just("tag"), "op": st.sampled_from(["any_of", "none_of"]),
                           "value": st.lists(st.sampled_from(["41", "7"]), min_size=1, max_size=2)}),
    st.fixed_dictionaries({"field": st.just("rating"), "op": st.sampled_from(["at_least", "at_most"]),
                           "value": st.integers(1, 5)}),
    st.fixed_dictionaries({"field": st.just("text"), "op": st.just("has_words"), "value": st.just(["μου", "x y"])}),
    st.fixed_dictionaries({"field": st.just("team"), "op": st.sampled_from(["set", "not_set"])}),
)  # fmt: skip
_tree = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda some: {"all": some}),
        st.lists(inner, max_size=3).map(lambda some: {"any": some}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=6,
)


@given(_tree.filter(lambda form: str(form).count("{") <= MAX_DEPTH))
def test_a_tree_survives_json_and_its_negation_is_the_opposite(form: Any) -> None:
    """And it gives reasons exactly when it holds and asks something."""
    made = parse(form)
    assert parse(as_json(made)) == made
    assert as_json(made) == form
    assert not why(made, FACTS) or holds(made, FACTS)
    assert holds(parse({"any": [form]}), FACTS) is holds(made, FACTS)


def test_every_field_says_what_it_means_and_can_be_read() -> None:
    """The form that offers fields has a word for each, and facts know each."""
    assert all(field.means and field.ops == OPS[field.kind] for field in FIELDS.values())
    assert {type(field.get(Facts())) for field in FIELDS.values()} <= {type(None), str, int, bool, tuple}
    assert fields_of(parse({"all": [{"field": "contact.vip", "op": "set"}]})) == {"contact.vip"}


@pytest.mark.parametrize(
    ("text", "link", "emoji", "mentions"),
    [
        ("see https://x.test", True, False, False), ("www.shop.gr now", True, False, False),
        ("bit.ly/abc", True, False, False), ("cheap-watches.com!", True, False, False),
        ("write to a@b.com", False, False, False), ("e.g. this. And that", False, False, False),
        ("🤬🤬 !!", False, True, False), ("❤️", False, True, False), ("ok 👍", False, False, False),
        ("@anna @ben", False, False, True), ("@anna look", False, False, False), ("@anna 😀", False, False, False),
        ("!!!", False, False, False), ("", False, False, False),
    ],
)  # fmt: skip
def test_kinds_of_text_are_told_apart(text: str, link: bool, emoji: bool, mentions: bool) -> None:
    """A link, nothing but emoji, nothing but names of others."""
    facts = Facts(text=text)
    assert (facts.has_link, facts.only_emoji, facts.only_mentions) == (link, emoji, mentions)
