"""Pages of background work: how far it is, what came out, what was put aside."""
