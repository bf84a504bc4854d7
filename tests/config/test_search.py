import pytest

from config.search import index, words
from config.search.models import SearchEntry
