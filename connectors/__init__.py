"""What networks say and accept.

Every network is a package with the same file names. Nothing in here does I/O: no socket, clock, randomness, database or
web framework. A connector is told everything it needs from the world in a `Context` and answers with plain records
(`inbound`, `outbound`) or with an `Exchange`: a generator that yields requests and is sent their responses.
`inbox.transport` is the only driver.
"""
