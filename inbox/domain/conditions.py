"""Conditions: a closed tree of tests over a conversation, its newest item, its contact and the hour.

    {"all": [{"field": "kind", "op": "is", "value": "comment"},
             {"any": [{"field": "text", "op": "has_words", "value": ["refund*", "money back"]},
                      {"field": "rating", "op": "at_most", "value": 2}]},
             {"not": {"field": "tag", "op": "any_of", "value": ["41", "42"]}}]}

`parse` makes the tree of its JSON form and says what is wrong with it by path; `as_json` gives the form back. Rules ask
with `holds`. Whoever asks a store instead follows the same meaning: of what is not known, `is`, `any_of`, `at_least`,
`at_most`, `has_words` and `set` do not hold, and `is_not`, `none_of`, `has_not_words` and `not_set` do. Of fields with
several values (`tag`, `post`, `attachment`) `is` asks for one of them. `all` of nothing holds, `any` of nothing not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias, get_args

import msgspec

from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import FIELDS, Field, of_contact, of_conversation
from inbox.domain.phrases import Phrases
from inbox.errors import Invalid

Op = Literal[
    "is", "is_not", "any_of", "none_of", "at_least", "at_most", "has_words", "has_not_words", "set", "not_set",
]  # fmt: skip
Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | tuple[Scalar, ...] | None
"""Ids are ints; `any_of`, `none_of` and the words' operators have a tuple, `set` and `not_set` None."""
MAX_DEPTH = 8
MAX_TESTS = 100
MAX_VALUES = 500
MAX_PHRASE = 200
_OPPOSITE: dict[str, str] = {"is_not": "is", "none_of": "any_of", "has_not_words": "has_words", "not_set": "set"}
_LISTS = frozenset({"any_of", "none_of", "has_words", "has_not_words"})
_GROUPS = ("all", "any", "not")


class Test(msgspec.Struct, frozen=True):
    """One question about one field."""

    __test__ = False  # no test case
    field: str
    op: Op
    value: Value = None


class All(msgspec.Struct, frozen=True):
    """Every one of them holds."""

    conditions: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True):
    """At least one of them holds."""

    conditions: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True):
    """It does not hold."""

    condition: Condition


Condition: TypeAlias = All | AnyOf | Not | Test
ALWAYS = All(())


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A test that decided: what was asked, and what was found. `held` is False below a `not`."""

    field: str
    op: Op
    value: Value
    found: Value
    held: bool = True


# --- from JSON and back


def parse(form: Any, path: str = "condition") -> Condition:
    """The tree of a JSON form. Raises Invalid (`condition`) with the path and the value that is wrong."""
    if form is None or form == {}:
        return ALWAYS
    made = _parsed(form, path, 1)
    count = sum(1 for _ in tests_of(made))
    if count > MAX_TESTS:
        raise _wrong(path, f"has {count} tests: at most {MAX_TESTS} are asked")
    return made


def _parsed(form: Any, path: str, depth: int) -> Condition:
    if depth > MAX_DEPTH:
        raise _wrong(path, f"is nested deeper than {MAX_DEPTH} levels: put tests side by side")
    if not isinstance(form, dict):
        raise _wrong(path, f"{_said(form)} is no condition: write {{all}}, {{any}}, {{not}} or {{field, op, value}}")
    group = next((name for name in _GROUPS if name in form), None)
    if group is None:
        return _test(form, path)
    if len(form) > 1:
        other = next(name for name in form if name != group)
        raise _wrong(path, f"{group!r} stands alone: {other!r} cannot be beside it")
    if group == "not":
        return Not(_parsed(form["not"], f"{path}.not", depth + 1))
    inner = form[group]
    if not isinstance(inner, list):
        raise _wrong(f"{path}.{group}", f"{_said(inner)} is no list of conditions")
    if len(inner) > MAX_TESTS:
        raise _wrong(f"{path}.{group}", f"has {len(inner)} conditions: at most {MAX_TESTS} are asked")
    made = tuple(_parsed(one, f"{path}.{group}[{n}]", depth + 1) for n, one in enumerate(inner))
    return All(made) if group == "all" else AnyOf(made)


def _test(form: dict[str, Any], path: str) -> Test:
    for name in form:
        if name not in ("field", "op", "value"):
            raise _wrong(path, f"{name!r} is not part of a test: it has field, op and value")
    field, op = form.get("field"), form.get("op")
    known = field_of(field) if isinstance(field, str) else None
    if known is None:
        raise _wrong(f"{path}.field", f"{_said(field)} is no field: take one of {', '.join(FIELDS)} or contact.<name>")
    if op not in get_args(Op) or op not in known.ops:
        raise _wrong(f"{path}.op", f"{_said(op)} cannot be asked of {field}: take one of {', '.join(known.ops)}")
    given = form.get("value")
    if op in ("set", "not_set"):
        if given is not None:
            raise _wrong(f"{path}.value", f"{op} needs no value")
        return Test(known.name, op)
    if op not in _LISTS:
        return Test(known.name, op, _value(known, given, f"{path}.value"))
    several = given if isinstance(given, list) else [given]
    if not 1 <= len(several) <= MAX_VALUES:
        raise _wrong(f"{path}.value", f"has {len(several)} values: give 1 to {MAX_VALUES}")
    words = "words" in op
    read = _phrase if words else _value
    return Test(known.name, op, tuple(read(known, one, f"{path}.value[{n}]") for n, one in enumerate(several)))


def _value(field: Field, given: Any, path: str) -> Scalar:
    try:
        read: Scalar = field.read(given)
    except ValueError as wrong:
        raise _wrong(path, f"{_said(given)} {wrong}") from None
    return read


def _phrase(field: Field, given: Any, path: str) -> Scalar:
    if not isinstance(given, str) or not given.strip(" *") or len(given) > MAX_PHRASE:
        raise _wrong(path, f"{_said(given)} is no word or phrase of up to {MAX_PHRASE} characters")
    return given.strip()


def _said(given: Any) -> str:
    return repr(given)[:80]


def _wrong(path: str, what: str) -> Invalid:
    return Invalid(f"{path}: {what}", code="condition", path=path)


def as_json(condition: Condition) -> dict[str, Any]:
    """The JSON form: ids as strings, as everywhere outside."""
    match condition:
        case All(conditions):
            return {"all": [as_json(one) for one in conditions]}
        case AnyOf(conditions):
            return {"any": [as_json(one) for one in conditions]}
        case Not(inner):
            return {"not": as_json(inner)}
        case Test(field, op, value):
            form: dict[str, Any] = {"field": field, "op": op}
            return form if value is None else {**form, "value": shown(field, value)}


def shown(field: str, value: Value) -> Any:
    """A value of a field as the outside writes it."""
    known = field_of(field)
    is_id = known is not None and known.kind in ("id", "ids")
    if isinstance(value, (tuple, list, frozenset, set)):
        return [str(one) if is_id else one for one in value]
    return str(value) if is_id and value is not None else value


def field_of(name: str) -> Field | None:
    """A field by its name; `contact.<name>` is one of the contact's own, `field.<name>` one of the conversation's."""
    return FIELDS.get(name) or of_contact(name) or of_conversation(name)


def tests_of(condition: Condition) -> Iterator[Test]:
    """All tests of a tree."""
    match condition:
        case All(conditions) | AnyOf(conditions):
            for one in conditions:
                yield from tests_of(one)
        case Not(inner):
            yield from tests_of(inner)
        case Test():
            yield condition


def fields_of(condition: Condition) -> frozenset[str]:
    """The fields that are asked."""
    return frozenset(one.field for one in tests_of(condition))


# --- asking


Asked = Callable[[Facts], bool]


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether it holds."""
    return compiled(condition)(facts)


@lru_cache(maxsize=2_048)
def compiled(condition: Condition) -> Asked:
    """The condition as one function, for many facts."""
    match condition:
        case All(conditions):
            return _group([compiled(one) for one in conditions], until=False)
        case AnyOf(conditions):
            return _group([compiled(one) for one in conditions], until=True)
        case Not(inner):
            ask = compiled(inner)
            return lambda facts: not ask(facts)
        case Test():
            return _asked(condition)


def _group(asked: list[Asked], *, until: bool) -> Asked:
    if len(asked) == 1:
        return asked[0]

    def ask(facts: Facts) -> bool:
        for one in asked:
            if one(facts) is until:
                return until
        return not until

    return ask


def _asked(test: Test) -> Asked:
    opposite = _OPPOSITE.get(test.op)
    if opposite is not None:
        ask = _asked(Test(test.field, opposite, test.value))  # type: ignore[arg-type]
        return lambda facts: not ask(facts)
    field = field_of(test.field)
    assert field is not None
    if test.op == "has_words":
        return _words(field, test.value)
    get, value = field.get, test.value
    match test.op:
        case "set":
            return lambda facts: get(facts) not in (None, "", ())
        case "is" if field.several:
            return lambda facts: value in get(facts)
        case "is":
            return lambda facts: get(facts) == value
        case "any_of" if field.several:
            several = frozenset(_tuple(value))
            return lambda facts: not several.isdisjoint(get(facts))
        case "any_of":
            choice = frozenset(_tuple(value))
            return lambda facts: get(facts) in choice
        case _:
            return _compared(field, test.op == "at_least", value)


def _words(field: Field, value: Value) -> Asked:
    in_text, folded = Phrases(str(one) for one in _tuple(value)).in_text, field.folded
    if field.name == "text":
        return lambda facts: in_text(facts.folded)
    return lambda facts: in_text(folded(facts))


def _compared(field: Field, least: bool, value: Any) -> Asked:
    rank, bound = field.rank, field.rank(value)

    def ask(facts: Facts) -> bool:
        found = rank(field.get(facts))
        return found is not None and (found >= bound if least else found <= bound)

    return ask


def _tuple(value: Value) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


# --- why


def why(condition: Condition, facts: Facts) -> list[Held]:
    """The tests that decided that it holds, in their order; empty where it does not hold or asks nothing."""
    return _because(condition, facts, wanted=True) if holds(condition, facts) else []


def _because(condition: Condition, facts: Facts, *, wanted: bool) -> list[Held]:
    match condition:
        case All(conditions) | AnyOf(conditions):
            decided = [one for one in conditions if holds(one, facts) is wanted]
            return [held for one in decided for held in _because(one, facts, wanted=wanted)]
        case Not(inner):
            return _because(inner, facts, wanted=not wanted)
        case Test():
            return [_held(condition, facts, wanted)]


def _held(test: Test, facts: Facts, held: bool) -> Held:
    field = field_of(test.field)
    assert field is not None
    found: Value = field.get(facts)
    if test.op in ("has_words", "has_not_words"):
        phrases = Phrases(str(one) for one in _tuple(test.value))
        found = tuple(phrases.found_in(field.folded(facts)))
    return Held(field=test.field, op=test.op, value=test.value, found=found, held=held)
