"""The year's appraisal of schools, bureaus and principals."""
