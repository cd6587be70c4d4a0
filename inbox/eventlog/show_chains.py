"""Escalation chains as the outside sees them."""

from __future__ import annotations

from inbox.clock import iso
from inbox.domain.chains import Chain, versions_of
from inbox.domain.escalation_shapes import ChainShape, LevelShape


def chain_shape(chain: Chain) -> ChainShape:
    """What it says now."""
    newest = versions_of(chain)[-1]
    return ChainShape(
        id=str(chain.id),
        name=chain.name,
        active=bool(chain.active),
        levels=[
            LevelShape(
                after_seconds=one.after_seconds, to=one.to, agent_ids=[str(i) for i in one.agent_ids], turn=one.turn
            )
            for one in newest.levels
        ],
        time=newest.time,
        until=newest.until,
        repeats=newest.repeats,
        repeat_seconds=newest.repeat_seconds,
        zone=newest.zone,
        workspace=newest.workspace,
        team_ids=[str(one) for one in sorted(newest.team_ids)],
        terms_version=newest.version,
        valid_from=iso(newest.valid_from),
        created_at=iso(chain.created_at),
        version=chain.version,
    )
