"""One door to state: units are queued, batched, decided under the workspace lock, saved and committed; readers follow
the log by position.
"""
