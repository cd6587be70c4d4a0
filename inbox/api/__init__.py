"""The HTTP API: typed routes over plain Starlette. `inbox.api.routing` says how one is written."""
