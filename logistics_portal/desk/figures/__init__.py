"""The province's figures: what they are, since when, on what basis, and how two persons change one."""
