"""`make chaos`: the real service, killed, starved and confused at random; nothing may be lost."""
