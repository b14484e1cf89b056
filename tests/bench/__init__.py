"""Benchmarks: `python -m tests.bench`. Everything is a ratio to a bare aiohttp handler in the same run."""
