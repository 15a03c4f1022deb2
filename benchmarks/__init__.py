"""Measurements that claims in the documentation rest on; each is a command."""
