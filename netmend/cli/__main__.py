"""``python -m netmend.cli`` is `netmend`, where nothing in the environment decides what is run."""

from . import main

if __name__ == "__main__":
    main()
