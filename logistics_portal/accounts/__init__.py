"""Units of the org tree, the people, their posts, and what each post may do."""
