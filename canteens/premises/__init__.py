"""Canteens: how they supply meals, their seats and licences."""
