"""Reference rows of this app and the practices it offers to copy, topic by topic."""
