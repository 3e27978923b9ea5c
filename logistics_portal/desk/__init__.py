"""The page after sign-in, the inbox, health, and planting of the demo province."""
