"""Telling agents: who is told of what is read from the log, once; what leaves the house (pushes, mails) are jobs."""
