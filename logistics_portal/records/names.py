"""The shape of a file's random name in an address."""


class RandomName:
    """Thirty-two hexadecimal digits, nothing else."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        """Return the name as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the name as it stands."""
        return value
