"""Views come down to filters that show what they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.domain import views
from inbox.domain.listing import Filter, of_view
from inbox.errors import Invalid

ME = 5
COUNTED = [v.key for v in (*views.MAIN, *views.BY_KIND) if v.counted] + ["channel:1", "team:2"]


def shown(wanted: Filter, cell: views.Cell) -> bool:
    """Whether a filter shows the conversations of a cell."""
    if wanted.spam != cell.spam or (wanted.status not in ("any", cell.status)):
        return False
    assignee = {None: cell.assignee_id, "none": 0}.get(wanted.assignee, wanted.assignee)  # type: ignore[arg-type]
    return (
        assignee == cell.assignee_id
        and (not wanted.waiting or cell.waiting)
        and (not wanted.escalated or cell.escalated)
        and wanted.kind in (None, cell.kind)
        and wanted.channel_id in (None, cell.channel_id)
        and wanted.team_id in (None, cell.team_id)
    )


@given(
    cell=st.builds(
        views.Cell, channel_id=st.integers(1, 2), team_id=st.integers(0, 2), assignee_id=st.sampled_from([0, ME, 6]),
        status=st.sampled_from(["open", "snoozed", "closed"]), kind=st.sampled_from(views.KINDS),
        waiting=st.booleans(), escalated=st.booleans(), spam=st.booleans(),
    ),
    key=st.sampled_from(COUNTED),
)  # fmt: skip
def test_a_view_shows_what_it_counts(cell: views.Cell, key: str) -> None:
    """The list and the number beside its name come from two places and agree."""
    wanted, _ = of_view(key, ME, 0)
    assert shown(wanted, cell) == views.shows(key, cell, ME)


@pytest.mark.parametrize(
    "key", ["", "nonsense", "kind:", "channel:x", "team:", "mine:1", "saved:1", f"channel:{10**18}"]
)
def test_an_unknown_view_is_refused(key: str) -> None:
    """422 names it."""
    with pytest.raises(Invalid):
        of_view(key, ME, 0)
