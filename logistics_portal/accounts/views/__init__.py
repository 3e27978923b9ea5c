"""Pages of people, posts, units, imports and acts."""
