"""From the outbox to networks: one holder per channel sends in order, once, and says what became of it."""
