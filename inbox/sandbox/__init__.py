"""The other side, invented: simulated networks over real HTTP, SMTP and IMAP, and a cast of customers who write.

`demo` starts it beside the service, whose ordinary doors it knocks at; nothing in the service knows that it is there,
but for the mark `sandbox` on channels and agents.
"""
