"""The science of netmend: files and arrays in, values out; no web, no database, no queue."""
