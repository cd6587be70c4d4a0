"""All SQL, one file per noun. Statements are written once in SQLAlchemy Core; what differs by engine stands in
`dialect.py`.

Functions here are *queries*: generators that yield statements and are sent rows (`database.Query`). They run inside one
transaction and cannot wait for anything else, so that no network call can ever stand inside one.
"""
