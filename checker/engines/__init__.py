"""plan + tables → Evaluation. Interchangeable engines; `reference` is the meaning, the others must agree with it.

The common contract (language.md's A5-A10 as this code states it):

Evaluation. Every engine module has `evaluate(plan, tables, *, verdicts=False) -> Evaluation`. One verdict per obligation ×
subject row (× period that has begun: the plan holds only those). For a non-recurring duty on table `unit`, a unit is a
subject iff it is in force on as_of (fields valid_from, valid_to); a recurring one iff in force on period.end.

Preparation of rows, before any expression: membership of every row (received_on > known_at → gone; `dated` later than as_of
→ gone, missing → there if received_on ≤ as_of, else maybe; table.shown_by lacking → maybe); fields with shown_by: a value
whose evidence fields are not all known is missing. Children of a unit are its own rows and those of all its predecessors.

Register of a parent for a child table: D declared, n = rows that surely exist (maybe rows may turn out not to). complete if
D known and n ≥ D; missing = max(D − n, 0); D unknown: `returned` without a return covering min(as_of, period.end) → ∞;
zero → 0; unknown → 0 if n > 0 else ∞; open → ∞.

Values. Points; or intervals (expr.is_interval) that end in ∞ / the far past or future. Numbers are exact in `reference`;
elsewhere both sides of a comparison and the argument of ceil, floor, round are rounded to 9 decimals.

A missing subject-to-ancestor or link hop makes the field missing.

Evidence. `observed` is a JSON object with one entry per item of the obligation in reading order: "applies" (if there is one),
"1", "2", … , "done_on" (if there is one). The entry is null unless the item decides, else an object leaf label → value.
Deciding: if applies is unknown, only "applies". Else if the verdict comes from require: an item decides iff it and all groups
around it are bad: not true in a positive place, not false in a negative one (inside none_of, and the condition of `when`).
Else (late, or lateness undecided): only "done_on".
Leaf values: yes/no true/false; numbers, percents, durations (minutes) as numbers; dates as text; choices a sorted list;
missing null. every/any/none: {"rows": surely there after `where`, "true", "false", "unknown" (rows whose membership or body is
unknown), "missing": count or null for ∞}. count, sum, share, latest, earliest: {"low":…, "high":…}, an infinite end is null.
(rows: membership true after `where`; true/false/unknown: their body; rows of unknown membership add to "unknown".)

Vacuous: a pass for which some item of `require` contains an `every` (not inside another child function) over a complete
register without a single row that might belong to it.
"""
