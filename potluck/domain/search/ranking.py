"""What a hit is worth: title before tag or food, before line, before step.

Every wanted term gives the points of the best field that it matches, and these are added up. A
term matches a field whole or loosely:

- whole: an alternative that is no stem stands there as it is, ended by a blank
  (`" apple "` in the field; a phrase all the same)
- loosely: an alternative with `is_prefix` begins a word there (`" app"` in the field), or a stem
  (`language` is set) stands there (`" 1enappl "` in the field)

More points come first; among equals the newer recipe (`created_at`, then `id`, descending).
Unwanted terms give nothing and take nothing.
"""

#: Fields of `IndexedText`, best first.
FIELDS = ("title", "labels", "lines", "steps")
#: Points of a field that is matched whole.
WHOLE = {"title": 8, "labels": 6, "lines": 4, "steps": 2}
#: Points of a field that is matched loosely. A better field always wins.
LOOSE = {"title": 7, "labels": 5, "lines": 3, "steps": 1}
