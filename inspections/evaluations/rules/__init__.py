"""The pure rules of the annual evaluation: figures in, explained results out."""
