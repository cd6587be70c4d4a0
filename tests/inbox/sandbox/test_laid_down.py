"""What the company has laid down: there from the beginning, as old as the month, and made once."""

from __future__ import annotations

from pathlib import Path

from inbox import clock
from inbox.clock import DAY
from inbox.commands.rules import PutRule
from inbox.domain import rules as r
from inbox.domain.chains import versions_of as chain_versions
from inbox.domain.condition_facts import Facts
from inbox.domain.conditions import holds, parse
from inbox.domain.desk_records import Macro, Notice
from inbox.domain.records import View
from inbox.sandbox.laid_down import PRINCIPAL, switch_on
from inbox.sandbox.past import SPAM
from inbox.sandbox.rhythm import PAST_DAYS
from inbox.storage import rows
from tests.inbox.sandbox.company import Company, company


async def laid(made: Company) -> dict[str, list[str]]:
    """Names of what there is, by kind."""
    directory = await made.inbox.directory.fresh()
    read = made.inbox.database.read
    return {
        "calendars": [one.name for one in directory.calendars.values()],
        "policies": [one.name for one in directory.policies.values()],
        "chains": [one.name for one in directory.chains.values()],
        "rules": [one.name for one in directory.rules.values()],
        "macros": [one.name for one in await read(rows.every, Macro)],
        "views": [one.name for one in await read(rows.every, View)],
        "notices": [one.title for one in await read(rows.every, Notice)],
    }


async def test_it_is_there_before_the_month_and_made_once(tmp_path: Path) -> None:
    """Hours, targets with a chain, rules that are off, macros, views and a notice; a second start adds none."""
    async with company(tmp_path) as made:
        first = await laid(made)
        directory = made.inbox.directory
        before = clock.now() - PAST_DAYS * DAY
        assert all(names for names in first.values())
        assert len(first["rules"]) >= 4
        assert {rule.active for rule in directory.rules.values()} == {0}
        assert all(one.created_at < before for one in directory.policies.values())
        assert all(one.created_at < before for one in directory.rules.values())
        assert directory.terms.promises
        [chain] = directory.chains.values()
        assert [level.to for level in chain_versions(chain)[-1].levels] == ["assignee", "team", "supervisors"]
        assert {promise.terms.chain_id for promise in directory.terms.promises} == {None, chain.id}

    async with company(tmp_path) as again:
        assert await laid(again) == first


async def test_the_rule_for_spam_knows_one_wording_and_not_the_other(tmp_path: Path) -> None:
    """So that both a rule and agents have something to hide."""
    async with company(tmp_path) as made:
        [rule] = [one for one in made.inbox.directory.rules.values() if one.name == "Spam under posts"]
        condition = parse(r.saying(rule).condition)
        known, other = (Facts(item_kind="comment", text=text) for text in SPAM)
        assert (holds(condition, known), holds(condition, other)) == (True, False)


async def test_what_somebody_changed_meanwhile_stays_as_he_left_it(tmp_path: Path) -> None:
    """Once the month is told the rules begin, but for those that a person has touched."""
    async with company(tmp_path) as made:
        inbox = made.inbox
        [touched, *_] = sorted(inbox.directory.rules.values(), key=lambda rule: rule.place)
        changed = PutRule(PRINCIPAL, touched.id, {"name": "Mine"}, {}, directory=inbox.directory, version=1)
        await inbox.writer.submit(changed)

        await switch_on(inbox.writer, inbox.directory)
        await switch_on(inbox.writer, inbox.directory)

        rules = (await inbox.directory.fresh()).rules
        assert {rule.id for rule in rules.values() if not rule.active} == {touched.id}
        assert {rule.version for rule in rules.values() if rule.id != touched.id} == {2}
