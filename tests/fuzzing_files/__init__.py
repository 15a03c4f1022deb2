"""Mutated model files, configurations and data sets by the thousand: refused with a code, or taken.

`make fuzz-files` goes on where it stopped the last time; ``python -m tests.fuzzing_files --help``
says what can be asked for. Case 17 of seed 3 is the same file on every machine.
"""
