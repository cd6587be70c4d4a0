"""From networks to units: verify, parse, prepare, one unit, 200 after the commit.

Nothing that a network sent is dropped silently.
"""
