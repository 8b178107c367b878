"""FrozenLake-v1's table in plain numbers, after the dynamics of Gymnasium's toy_text/frozen_lake.py.

Run in this folder:  python3 frozen-lake.py > frozen-lake.json
"""
import json

AIMED = 1 / 3
ASIDE = (1 - AIMED) / 2
# (right, down) of left, down, right and up.
HEADINGS = {"left": (-1, 0), "down": (0, 1), "right": (1, 0), "up": (0, -1)}
SIDES = {"left": ("up", "down"), "down": ("left", "right"), "right": ("down", "up"), "up": ("right", "left")}


def land(lake, x, y, heading):
    dx, dy = HEADINGS[heading]
    if not (0 <= x + dx < len(lake[0]) and 0 <= y + dy < len(lake)):
        dx = dy = 0
    tile = lake[y + dy][x + dx]
    return [(y + dy) * len(lake[0]) + x + dx, 1 if tile == "G" else 0, 1 if tile in "GH" else 0]


def outcomes(lake, slippery, x, y, heading):
    if lake[y][x] in "GH":
        return [1, y * len(lake[0]) + x, 0, 1]
    if not slippery:
        return [1, *land(lake, x, y, heading)]
    before, after = SIDES[heading]
    return [
        *[ASIDE, *land(lake, x, y, before)],
        *[AIMED, *land(lake, x, y, heading)],
        *[ASIDE, *land(lake, x, y, after)],
    ]


SMALL = ["SFFF", "FHFH", "FFFH", "HFFG"]
LARGE = "SFFFFFFF FFFFFFFF FFFHFFFF FFFFFHFF FFFHFFFF FHHFFFHF FHFFHFHF FFFHFFFG".split()
LAKES = {
    "4x4": (SMALL, True),
    "4x4, not slippery": (SMALL, False),
    "8x8": (LARGE, True),
    "two rows of three": (["SFG", "HFS"], True),
    "three rows of two": (["GF", "FH", "FS"], False),
}
cases = []
for name, (lake, slippery) in LAKES.items():
    table = [
        [outcomes(lake, slippery, x, y, heading) for heading in HEADINGS]
        for y in range(len(lake))
        for x in range(len(lake[0]))
    ]
    cases.append({"name": name, "map": lake, "slippery": slippery, "table": table})
source = "python3 frozen-lake.py > frozen-lake.json; the script follows gymnasium/envs/toy_text/frozen_lake.py of Farama-Foundation/Gymnasium, in float64, and its tables were equal to the bit to P of gymnasium 1.3.0 from PyPI; table[cell][action] is a list of probability, cell, reward and terminated of one transition after the other"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
