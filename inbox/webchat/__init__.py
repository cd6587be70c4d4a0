"""The website chat, from the service's side: the widget's files, visitors' sockets, and what they may do."""
