"""The embedded stack: PostgreSQL, Temporal with its UI, the services and the workers, on one machine."""
