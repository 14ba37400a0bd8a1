"""What may go wrong with the database, and who must act."""


class StoreError(Exception):
    """The base of all; its text is for the admin: what was tried, what was said, what to do."""


class Conflict(StoreError):
    """Somebody else was faster: gather again, decide again. Nothing of the transaction was stored."""


class StoreUnavailable(StoreError):
    """No connection, disk full, locked for too long: try again later; nothing was stored."""


class AlreadyRunning(StoreError):
    """Another daemon works on this SQLite file."""


class SchemaTooNew(StoreError):
    """The database was upgraded by a newer mailbot."""


class SchemaTooOld(StoreError):
    """The database must be upgraded first, and this command was told not to."""
