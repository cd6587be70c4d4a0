"""Reports: a reader of the log that keeps what they count, the reports themselves, and what is behind each number."""
