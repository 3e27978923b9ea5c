"""The pure rules of incidents and the one-vote veto."""
