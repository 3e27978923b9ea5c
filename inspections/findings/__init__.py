"""What is wrong somewhere, from the day it is found until it is settled."""
