"""The queue's end: takes jobs, has them done in children, and writes down what came of them."""
