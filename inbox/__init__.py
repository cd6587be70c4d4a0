"""The unified social inbox: one conversation model over many networks, pushed live to the agents who answer.

The path of a message is ARCHITECTURE.md; the words are its glossary. Imports run downwards only (tests/test_layout.py).
"""

__version__ = "0.1.0"
