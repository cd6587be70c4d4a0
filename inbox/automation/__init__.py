"""Rules: a reader of the log that does what they say (docs/rules.md, docs/adr/0027).

    log ─▶ pages (which events could set a rule off, and would) ─▶ step: one unit ▸ ask again under the lock ▸ act
    clock ─▶ what is due ─▶ the same step                          ▸ `rule_ran` ▸ the saved position

Whatever a rule does goes through the same decisions as what a person does.
"""
