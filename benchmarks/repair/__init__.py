"""The benchmark of the repairs: our own attacks, our own nets, every method, failures included."""
