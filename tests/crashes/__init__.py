"""The desk as a process that is killed, frozen and starved at seeded moments, and what must hold all the same."""
