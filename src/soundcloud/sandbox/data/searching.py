"""Searches in tracks, users or playlists, with the full-text index where SQLite has one."""

import json
from collections.abc import Sequence
from typing import Literal

from soundcloud.sandbox.data.database import has_full_text_search
from soundcloud.sandbox.data.text import fold

_SHORTEST_INDEXED = 3  # characters, as the index has trigrams
_FAST_WORDS = 50  # SQLite limits the depth of a condition and of a full-text query


class Search:
    """A query for the ids of the rows that meet all conditions.

    A word is found anywhere in the text of a row, inside of words, too. The full-text index only selects candidates; each word is
    looked for in the text itself as well, so results do not depend on the index.
    """

    def __init__(
        self, table: str, text: str, ids: list[int] | None = None, *, order: Literal["ASC", "DESC"] = "DESC"
    ) -> None:
        """Start with the words of a text, and with the only ids to find, in their order, if there are any."""
        self.ids = ids
        self.values: dict[str, object] = {}
        self._table, self._order = table, order
        self._conditions: list[str] = []
        self._matches: list[str] = []
        words = list(dict.fromkeys(fold(text).split()))
        for number, word in enumerate(words[:_FAST_WORDS]):
            self.require(f"instr({table}.search_text, :word{number})", **{f"word{number}": word})
            self._match_one([word])
        if words[_FAST_WORDS:]:
            self.require(
                f"NOT EXISTS (SELECT 1 FROM json_each(:words) WHERE NOT instr({table}.search_text, value))",  # noqa: S608
                words=json.dumps(words[_FAST_WORDS:]),
            )
        if ids is not None:
            self.require("id IN (SELECT value FROM json_each(:ids))", ids=json.dumps(ids))

    def require(self, condition: str, **values: object) -> None:
        """Add a condition in SQL, with the values of its placeholders."""
        self._conditions.append(condition)
        self.values |= values

    def require_genre(self, genres: Sequence[str]) -> None:
        """Require one of some genres in lower case; none means any."""
        if len(genres) == 1:
            # An equality lets SQLite read the index of genres in the order of the ids.
            self.require("lower(genre) = :genre", genre=genres[0])
        elif genres:
            self.require("lower(genre) IN (SELECT value FROM json_each(:genres))", genres=json.dumps(genres))

    def require_tag(self, tags: Sequence[str]) -> None:
        """Require one of some folded tags; none means any."""
        if not tags:
            return
        if len(tags) > _FAST_WORDS:
            condition = "EXISTS (SELECT 1 FROM json_each(:tags) WHERE instr(tag_index, value))"
            self.require(condition, tags=json.dumps([f"|{tag}|" for tag in tags]))
        else:
            values = {f"tag{number}": f"|{tag}|" for number, tag in enumerate(tags)}
            self.require(f"({' OR '.join(f'instr(tag_index, :{name})' for name in values)})", **values)
        self._match_one(tags)

    def require_range(self, column: str, lowest: int | None, highest: int | None) -> None:
        """Require a value of a column from `lowest` to `highest`, each unless it is None."""
        if lowest is not None:
            self.require(f"{column} >= :{column}_from", **{f"{column}_from": lowest})
        if highest is not None:
            self.require(f"{column} <= :{column}_to", **{f"{column}_to": highest})

    def statement(self) -> str:
        """Return the query with the column `item`, for the named placeholders in `values`."""
        # Names of tables and columns are from this package, not from requests.
        source, order, conditions = self._table, f"id {self._order}", self._conditions
        if self._matches and self.ids is None and has_full_text_search():
            self.values["match"] = " AND ".join(self._matches)
            # Ordered by the index, so that SQLite stops at the end of the page.
            source = f"{self._table}_search CROSS JOIN {self._table} ON id = {self._table}_search.rowid"
            conditions = [*conditions, f"{self._table}_search MATCH :match"]
            order = f"{self._table}_search.rowid {self._order}"
        if self.ids is not None:
            # Names of tables are from this package, not from requests.
            order = f"(SELECT key FROM json_each(:ids) WHERE value = {self._table}.id)"  # noqa: S608
        return f"SELECT id AS item FROM {source} WHERE {' AND '.join(conditions) or 'TRUE'} ORDER BY {order}"  # noqa: S608

    def _match_one(self, texts: Sequence[str]) -> None:
        """Let the index select the rows with one of some texts, if it has all of them."""
        # A NUL would end the query of the index.
        if len(texts) <= _FAST_WORDS and all(len(text) >= _SHORTEST_INDEXED and "\0" not in text for text in texts):
            self._matches.append("(" + " OR ".join('"' + text.replace('"', '""') + '"' for text in texts) + ")")
