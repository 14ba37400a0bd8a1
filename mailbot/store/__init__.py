"""Tables, queries and migrations: SQLite by default, PostgreSQL by URL, the same suites on both.

Every function takes the session of a transaction first; only `engine` begins and ends them.
"""

from mailbot.store.errors import (
    AlreadyRunning,
    Conflict,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    StoreUnavailable,
)

__all__ = ["AlreadyRunning", "Conflict", "SchemaTooNew", "SchemaTooOld", "StoreError", "StoreUnavailable"]
