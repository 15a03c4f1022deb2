"""Hostile files: made on the fly, refused by the ingest child, and never more than benign.

What would run only touches a marker, what would be read is a decoy; both lie in the test's own
folder. No hostile file is kept in the repository.
"""
