"""Reading check-lists: their shape, their sense, their versions, their clock."""
