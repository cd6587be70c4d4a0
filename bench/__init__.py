"""Measures the service beside the least that could do its work. `python -m bench --help`; docs: bench/README.md."""
