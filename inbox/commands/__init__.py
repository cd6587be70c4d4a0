"""What agents, rules and machines may do, as units of the writer: decided inside its transaction."""
