"""The audit: everything recomputed from the rows, and each row that does not fit named.

The signed root of a checkpoint is what counts. Rows and tiles each tell the tree once; where they differ, the one
that leads to the signed root is right and the other is named. Where neither does (row and tile were changed alike),
the leaves between the last good checkpoint and this one are named: what one second brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef

from pencere.ledger import keys, models, notes, rules, sealing
from pencere.ledger.tree import HASH, TILE_WIDTH, Frontier, leaf_hash

Progress = Callable[[int, int], None]
"""(rows done, rows in all)"""

_LOOK_COLUMNS = (
    "kind", "ground", "act", "agency", "service", "case", "register", "source", "who", "subject", "account",
)  # fmt: skip
_COLUMNS = (
    "index", "id", "kind", "body", "salt", "leaf_hash", "recorded_at", "look__leaf_id", "look__at", "look__fields",
    *(f"look__{column}" for column in _LOOK_COLUMNS),
)  # fmt: skip
_TELL_EVERY = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not fit.

    `what`: changed, moved, inserted, deleted (leaves) · look_changed, look_deleted, look_inserted · erased (without
    a leaf that says why) · tile (the kept tree; rows are right) · root (rows and tree both differ from what was
    signed) · checkpoint (not signed by us, or changed) · rewritten (differs from a checkpoint kept elsewhere).
    """

    what: str
    index: int | None  # place in the tree; None for a leaf that waits
    last: int | None  # the last place, where a row of places is meant
    leaf_id: str
    detail: str

    def __str__(self) -> str:
        place = "waiting" if self.index is None else f"leaf {self.index}"
        if self.last not in (None, self.index):
            place = f"leaves {self.index} to {self.last}"
        name = f" ({self.leaf_id})" if self.leaf_id else ""
        return f"{self.what}: {place}{name}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What the audit saw. `rows`: leaves read, those that wait for their seal included."""

    rows: int
    looks: int
    checkpoints: int
    size: int
    root: str
    problems: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Row:
    """A leaf and, if there is one, its look."""

    index: int | None
    id: UUID
    kind: str
    body: str | None
    salt: bytes | None
    leaf_hash: bytes
    recorded_at: datetime
    look_id: UUID | None
    look_at: datetime | None
    look_fields: str | None
    look: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of the tree since the last good checkpoint: what was sealed there, and what stands there now."""

    index: int
    sealed: bytes | None
    row: _Row | None


@dataclass(slots=True)
class _Audit:
    verifier: notes.Verifier
    faults: list[Fault] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)  # as far as checkpoints have confirmed it
    since: list[_Place] = field(default_factory=list)  # places after that
    differing: list[_Place] = field(default_factory=list)
    erased: dict[str, int | None] = field(default_factory=dict)
    explained: set[tuple[str, str, str]] = field(default_factory=set)
    erased_as: dict[str, tuple[str, str]] = field(default_factory=dict)
    upper: dict[int, bytearray] = field(default_factory=dict)
    broken: bool = False
    rows: int = 0
    looks: int = 0
    checkpoints: int = 0

    def say(self, what: str, row: _Row | None, detail: str, index: int | None = None, last: int | None = None) -> None:
        place = row.index if row and index is None else index
        self.faults.append(Fault(what, place, last, str(row.id) if row else "", detail))


def run(progress: Progress | None, against: Sequence[str]) -> Verification:
    audit = _Audit(keys.verifier())
    newest = models.Checkpoint.objects.order_by("-size").first()
    size = newest.size if newest else 0
    outside = _kept_elsewhere(audit, against, size)
    signed = models.Checkpoint.objects.filter(size__lte=size).order_by("size").iterator()
    due = next(signed, None)
    for place in _places(audit, size):
        done = place.index + 1
        if place.row is not None:
            _check_row(audit, place.row)
        audit.since.append(place)
        while due is not None and due.size <= done:
            _compare_with_checkpoint(audit, due)
            due = next(signed, None)
        for root in outside.get(done, ()):
            if root not in (_grown(audit, by_tiles)[0].root() for by_tiles in (True, False)):
                audit.say("rewritten", None, "differs from a checkpoint kept elsewhere", 0, place.index)
        if progress and done % _TELL_EVERY == 0:
            progress(done, size)
    _finish_tiles(audit)
    home = {place.sealed: place.index for place in audit.differing if place.sealed is not None}
    _name_the_differing(audit, home)
    _check_what_has_no_place(audit, size, home)
    _check_orphans(audit)
    _check_erasures(audit)
    if progress:
        progress(size, size)
    audit.faults.sort(key=lambda fault: (fault.index is None, fault.index or 0))
    tree_root = audit.frontier.root().hex()
    return Verification(audit.rows, audit.looks, audit.checkpoints, size, tree_root, tuple(audit.faults))


# --- leaves in their places


def _places(audit: _Audit, size: int) -> Iterator[_Place]:
    """Every place of the tree with what was sealed there and the row that stands there."""
    found = _rows(models.Leaf.objects.filter(index__isnull=False, index__lt=size).order_by("index"))
    row = next(found, None)
    tile = b""
    for index in range(size):
        offset = index % TILE_WIDTH
        if offset == 0:
            tile = sealing.read_tile(0, index // TILE_WIDTH)
        while row is not None and row.index is not None and row.index < index:
            audit.say("inserted", row, "a second row in one place")
            row = next(found, None)
        here = row if row is not None and row.index == index else None
        if here is not None:
            row = next(found, None)
        yield _Place(index, tile[offset * HASH : (offset + 1) * HASH] or None, here)


def _rows(leaves: Any) -> Iterator[_Row]:
    for values in leaves.values_list(*_COLUMNS).iterator(chunk_size=2000):
        index, id_, kind, body, salt, hash_, at, look_id, look_at, look_fields, *look = values
        salt = None if salt is None else bytes(salt)
        yield _Row(index, id_, kind, body, salt, bytes(hash_), at, look_id, look_at, look_fields, tuple(look))


def _check_row(audit: _Audit, row: _Row) -> None:
    """The row by itself: does its content give its hash, does its look say the same."""
    audit.rows += 1
    if row.body is None or row.salt is None:
        audit.erased[str(row.id)] = row.index
        audit.erased_as[str(row.id)] = (row.kind, rules.time_text(row.recorded_at))
    elif leaf_hash(row.salt + rules.entry(row.id, row.kind, rules.time_text(row.recorded_at), row.body)) != (
        row.leaf_hash
    ):
        audit.say("changed", row, "its content does not give its hash")
        return
    elif row.kind == rules.ERASED:
        for leaf in msgspec.json.decode(row.body)["leaves"]:
            audit.explained.add((leaf["id"], leaf["kind"], leaf["at"]))
    _check_look(audit, row)


def _check_look(audit: _Audit, row: _Row) -> None:
    is_look = row.kind.startswith("look.")
    if row.look_id is None:
        if is_look:
            audit.say("look_deleted", row, "the row that shows this look to the person is gone")
        return
    audit.looks += 1
    if not is_look:
        audit.say("look_inserted", row, "the leaf is no look")
    elif row.body is None:
        if row.look[-2:] != ("", ""):
            audit.say("look_changed", row, "its leaf is erased, and it still names a person")
    else:
        body = msgspec.json.decode(row.body)
        differing = [name for name, value in zip(_LOOK_COLUMNS, row.look, strict=True) if body[name] != value]
        differing += ["fields"] if " ".join(body["fields"]) != row.look_fields else []
        differing += ["at"] if row.look_at != row.recorded_at else []
        if differing:
            audit.say("look_changed", row, f"differs from its leaf in {', '.join(differing)}")


# --- the tree


def _compare_with_checkpoint(audit: _Audit, checkpoint: models.Checkpoint) -> None:
    audit.checkpoints += 1
    root, last = bytes(checkpoint.root), checkpoint.size - 1
    try:
        signed = notes.read_checkpoint(checkpoint.note, audit.verifier)
        if signed != (checkpoint.size, root):
            audit.say("checkpoint", None, "its columns differ from what was signed", last)
        if signed[0] != checkpoint.size:
            return
        root = signed[1]
    except notes.BadNote as problem:
        audit.say("checkpoint", None, str(problem), last)
    _settle(audit, root)


def _settle(audit: _Audit, root: bytes | None) -> None:
    """Takes the places since the last checkpoint into the tree, by what leads to the signed root."""
    places, first = audit.since, audit.frontier.size
    by_tiles = True
    grown, tiled = _grown(audit, by_tiles)
    if root is not None and not audit.broken and grown.root() != root:
        by_rows = _grown(audit, by_tiles=False)
        if by_rows[0].root() == root:
            by_tiles, (grown, tiled) = False, by_rows
        else:
            audit.broken = True
            last = grown.size - 1
            audit.say("root", None, "neither the rows nor the kept tree give the root that was signed", first, last)
    wrong = [place.index for place in places if place.sealed is None or (not by_tiles and _differs(place))]
    for start, end in _ranges(wrong):
        audit.say("tile", None, "the kept tree lacks them or differs from the rows, which are right", start, end)
    audit.differing += [place for place in places if place.row is None or (by_tiles and _differs(place))]
    for position, level, hash_ in tiled:
        number, offset = divmod(position >> 8 * level, TILE_WIDTH)
        tile = audit.upper.setdefault(level, bytearray())
        tile += hash_
        if offset == TILE_WIDTH - 1:
            _compare_tile(audit, level, number, audit.upper.pop(level))
    audit.frontier = grown
    places.clear()


def _grown(audit: _Audit, by_tiles: bool) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
    """The tree with the places since the last checkpoint, by what was sealed or by what stands there now; and the

    hashes that belong into tiles above the leaves, each with the leaf that completed it and its level.
    """
    frontier = audit.frontier.copy()
    tiled = []
    for place in audit.since:
        row = place.row.leaf_hash if place.row else None
        hash_ = (place.sealed or row) if by_tiles else (row or place.sealed)
        position = frontier.size
        tiled += [(position, level, kept) for level, kept in frontier.append(hash_ or bytes(HASH)) if level]
    return frontier, tiled


def _differs(place: _Place) -> bool:
    return place.row is not None and place.sealed is not None and place.sealed != place.row.leaf_hash


def _ranges(indexes: list[int]) -> Iterator[tuple[int, int]]:
    for _, group in groupby(enumerate(indexes), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        yield run[0], run[-1]


def _compare_tile(audit: _Audit, level: int, number: int, built: bytearray) -> None:
    kept = sealing.read_tile(level, number)
    for at in range(0, len(built), HASH):
        if kept[at : at + HASH] != built[at : at + HASH]:
            first = (number * TILE_WIDTH + at // HASH) << 8 * level
            audit.say(
                "tile", None, f"the hash kept over them (level {level}) is wrong", first, first + (1 << 8 * level) - 1
            )


def _finish_tiles(audit: _Audit) -> None:
    """The last tile of each level, which is not full; and places that no checkpoint confirmed."""
    _settle(audit, None)
    for level, built in audit.upper.items():
        _compare_tile(audit, level, (audit.frontier.size >> 8 * level) // TILE_WIDTH, built)


# --- naming


def _name_the_differing(audit: _Audit, home: dict[bytes, int]) -> None:
    """Places whose row is not the one that was sealed there; a row of such places is told as one."""
    changed = {fault.index for fault in audit.faults if fault.what == "changed"}

    def kind(place: _Place) -> str:
        if place.row is None:
            return "deleted"
        if place.index in changed:
            return ""
        return "moved" if place.row.leaf_hash in home else "inserted"

    def step(pair: tuple[int, _Place]) -> tuple[str, int]:
        number, place = pair
        belongs = home.get(place.row.leaf_hash, 0) if place.row else 0
        what = kind(place)
        return what, place.index - (belongs if what == "moved" else number)

    for (what, _), group in groupby(enumerate(audit.differing), key=step):
        places = [place for _number, place in group]
        first, last = places[0], places[-1]
        details = {
            "deleted": "the row is gone",
            "moved": f"belongs at {home.get(first.row.leaf_hash) if first.row else ''}",
            "inserted": "is not what was sealed in this place",
        }
        if what:
            audit.say(what, first.row, details[what], first.index, last.index)


def _check_what_has_no_place(audit: _Audit, size: int, home: dict[bytes, int]) -> None:
    """Leaves that wait for their seal, then leaves with an index that no checkpoint covers.

    In this order: a leaf that is sealed in the meantime is seen at least once.
    """
    for row in _rows(models.Leaf.objects.filter(index__isnull=True).order_by("recorded_at", "id")):
        _check_row(audit, row)
    beyond = list(_rows(models.Leaf.objects.filter(index__isnull=False, index__gte=size).order_by("index")))
    newest = models.Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    for row in beyond:
        _check_row(audit, row)
        if row.index is not None and row.index >= newest:
            belongs = home.get(row.leaf_hash)
            detail = "no checkpoint covers it" if belongs is None else f"belongs at {belongs}"
            audit.say("inserted" if belongs is None else "moved", row, detail)


def _check_orphans(audit: _Audit) -> None:
    leaf = models.Leaf.objects.filter(pk=OuterRef("leaf_id"))
    for look in models.Look.objects.filter(~Exists(leaf)).values_list("leaf_id", flat=True).iterator():
        audit.looks += 1
        audit.faults.append(Fault("look_inserted", None, None, str(look), "a look without its leaf"))


def _check_erasures(audit: _Audit) -> None:
    for id_, index in audit.erased.items():
        if (id_, *audit.erased_as[id_]) not in audit.explained:
            audit.faults.append(Fault("erased", index, None, id_, "no leaf says that it was erased, and why"))


def _kept_elsewhere(audit: _Audit, against: Iterable[str], size: int) -> dict[int, list[bytes]]:
    kept: dict[int, list[bytes]] = {}
    for note in against:
        try:
            known, root = notes.read_checkpoint(note, audit.verifier)
        except notes.BadNote as problem:
            audit.say("checkpoint", None, f"kept elsewhere: {problem}", 0)
            continue
        if known > size:
            audit.say("rewritten", None, "a checkpoint kept elsewhere covers them; here they are not", size, known - 1)
        kept.setdefault(known, []).append(root)
    return kept
