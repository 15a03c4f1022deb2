"""What a hostile job would try, from inside the real child that does the work.

Each attempt has to end with the word "permission denied": an attempt that fails otherwise proves
nothing. They are made three times, by the thread that does the work, by one that TensorFlow
started, and by TensorFlow itself, because that is where somebody who breaks out of it would be.
"""
