class BackupRefused(Exception):
    """A backup cannot be made or put back; the message says why and what to do. Nothing was changed."""
