"""Everything that leaves the machine, and the bytes that come back: HTTP, SMTP, IMAP, websockets and the media store.

    drive(exchange, courier)     runs what a connector asks for        drive.py, courier.py
    run(machine, …)              keeps a network's stream open         stream.py
    Guard                        says which addresses may be reached   guard.py
    DiskMedia                    keeps attachments by their hash       media.py, images.py, sniff.py, names.py

No other package opens a connection to the outside (tests/test_layout.py). Nothing in here knows a network by name,
reads the database or decides what a failure means: it says precisely what happened (`TransportFailed`, `MailRefused`)
and whether a customer may have seen it.
"""
