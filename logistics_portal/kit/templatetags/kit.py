"""Components that take a body; those that take none are plain includes."""

from django import template

register = template.Library()
