"""Pure rules: what a conversation, thread, message and wait are, and what may happen to them. No I/O, no clock, no
randomness.
"""
