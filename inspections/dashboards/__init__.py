"""The pages of school, county, city and province."""
