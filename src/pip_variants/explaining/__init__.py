"""Why pip takes one file and not another: what ``pip variant explain`` tells."""
