"""How a customer's message reads, offline: its sentiment and its urgency, each with the visible reason."""
