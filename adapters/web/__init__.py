"""The built-in web chat: channels of the departments, direct messages with Baton, live in the browser."""
