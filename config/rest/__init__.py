"""What all REST endpoints share: rows read by column, pages by cursor, conditional answers, problem details, tokens."""

from config.rest.pages import CursorPages
from config.rest.problems import problem_details

__all__ = ["CursorPages", "problem_details"]
