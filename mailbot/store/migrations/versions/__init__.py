"""One file a version, `0001_what.py`; what was released is never edited."""
