"""The portal's password hash at the lowest cost, so that tests do not wait for it."""

from logistics_portal.accounts.hashers import PortalArgon2


class CheapArgon2(PortalArgon2):
    """Argon2id as in production, but hardly any work."""

    time_cost = 1
    memory_cost = 8
