"""What the bot remembers, in one embedded database."""
