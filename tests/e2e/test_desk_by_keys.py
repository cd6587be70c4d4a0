"""The desk by keyboard alone, its accessibility, its two themes, on the sandbox as `inbox demo` starts it."""

from __future__ import annotations
