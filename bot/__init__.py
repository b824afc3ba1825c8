"""The Telegram side: listening, speaking and everything between."""
