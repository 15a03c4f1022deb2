"""The memory that web, worker and netmend share: settings, rows, files, the queue."""
