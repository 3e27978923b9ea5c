"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: about 25 ms, so that a login storm cannot tie the workers up."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
