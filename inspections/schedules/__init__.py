"""What is due where and when, computed from the school calendar."""
