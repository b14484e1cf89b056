"""The business database: tables, repositories, units of work, jobs, and the writer that groups commits."""
