"""The Bot API methods that the sandbox answers, each a function of the world and parameters."""
