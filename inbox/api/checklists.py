"""Checklists of reviews of work."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body, Words
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.commands.checklists import PutChecklist, RemoveChecklist
from inbox.commands.versions import found
from inbox.domain.work_review_records import Checklist
from inbox.domain.work_review_shapes import ChecklistShape
from inbox.domain.work_reviews import MOST_QUESTIONS, questions_of
from inbox.storage import rows

routes = Routes("Reviews of work")
Questions = Annotated[list[Words], Field(min_length=1, max_length=MOST_QUESTIONS)]


class NewChecklist(Body):
    """A checklist: short questions that are answered yes, no, or does not apply."""

    name: Words
    questions: Questions


class ChecklistPatch(Body):
    """What to change of a checklist. Reviews that were made with it keep their wording."""

    name: Words | None = None
    questions: Questions | None = None


def checklist_shape(one: Checklist) -> ChecklistShape:
    """A checklist as the outside sees it."""
    return ChecklistShape(
        id=str(one.id), name=one.name, questions=questions_of(one), created_at=iso(one.created_at), version=one.version
    )


@routes.get("/checklists", needs="reports")
async def list_checklists(call: Call) -> Page[ChecklistShape]:
    """All checklists, by name."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Checklist)
    listed = sorted(known, key=lambda one: (one.name.casefold(), one.id))
    return Page(items=[checklist_shape(one) for one in listed], position=position)


@routes.post("/checklists", needs="settings", idempotent=True)
async def create_checklist(call: Call, body: NewChecklist) -> ChecklistShape:
    """Make a checklist."""
    unit = PutChecklist(call.principal, None, name=body.name, questions=body.questions)
    return checklist_shape(await call.submit(unit))


@routes.get("/checklists/{checklist_id}", needs="reports")
async def see_checklist(call: Call, checklist_id: int) -> ChecklistShape:
    """A checklist."""
    return checklist_shape(await call.deps.database.read(found, Checklist, checklist_id))


@routes.patch("/checklists/{checklist_id}", needs="settings", if_match=True)
async def change_checklist(call: Call, checklist_id: int, body: ChecklistPatch) -> ChecklistShape:
    """Change a checklist."""
    unit = PutChecklist(call.principal, checklist_id, name=body.name, questions=body.questions, version=call.version)
    return checklist_shape(await call.submit(unit))


@routes.delete("/checklists/{checklist_id}", needs="settings")
async def remove_checklist(call: Call, checklist_id: int) -> None:
    """Remove a checklist. Reviews that were made with it stay as they are."""
    await call.submit(RemoveChecklist(call.principal, checklist_id, call.version))
