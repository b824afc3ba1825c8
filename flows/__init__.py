"""The conversations: content, its checks and the pure engine that steps through it."""
