"""Tables, queries and migrations: SQLite by default, PostgreSQL by URL, the same suites on both.

Every function takes a transaction first; only `engine` begins and ends them.

a message     ledger: its one outcome; raw: its bytes; places: where it lies; known: what a decision on it needs
a case        cases: changed; lookup: read; snapshot, numbers, clocks
a reply       outbox; unfinished: whose sending broke off
what is shown queries, status, alarms; of what came in a time: history, usage, subjects
what goes     retention: what became too old; forgetting: a person; removal: what is left of both
what lasts    settings: a name and its value, such as tokens, in_force
the database  engine, drivers, transaction, turns, locks; tables, columns, text; statements, prepared; migrate, schema;
              check, backup; errors, faults
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
