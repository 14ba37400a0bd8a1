"""What may go wrong with the database, and who must act."""


class StoreError(Exception):
    """The base of all; its text is for the admin: what was tried, what was said, what to do."""


class Conflict(StoreError):
    """Somebody else was faster: gather again, decide again. Nothing of the transaction was stored."""


class StoreUnavailable(StoreError):
    """No connection, disk full, locked for too long: try again later; nothing was stored."""


class NotPermitted(StoreUnavailable):
    """Our user may not do there what must be done: neither waiting nor a restart cures that."""


class LoginRefused(StoreUnavailable):
    """PostgreSQL knows no such user, password or database: what the config says of it is wrong."""


class Damaged(StoreUnavailable):
    """What stands there is no database, or no longer a sound one."""


class NotOurs(StoreError):
    """It is the database of another program."""


class BadAddress(StoreError):
    """What should lead to a database does not."""


class AlreadyRunning(StoreError):
    """Another daemon works on this SQLite file."""


class SchemaTooNew(StoreError):
    """The database was upgraded by a newer mailbot."""


class SchemaTooOld(StoreError):
    """The database must be upgraded first, and this command was told not to."""
