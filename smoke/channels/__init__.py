"""Where people are told of incidents: messages, the channels that carry them, and their way out of the outbox."""
