"""Outgoing webhooks: a reader of the log that sends events to addresses that admins name.

    log ─▶ reader (filters, saved position) ─▶ jobs ─▶ line of a webhook ─▶ signed POST ─▶ settle: job, log, condition

What is promised: every event that a webhook asks for is sent at least once, repetitions carry the same `webhook-id`;
in the order of positions as long as the receiver takes what it is sent (`schedule`).
"""
