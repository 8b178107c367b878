"""CliffWalking-v1's table in plain numbers, after the dynamics of Gymnasium's toy_text/cliffwalking.py.

Run in this folder:  python3 cliff-walking.py > cliff-walking.json
"""
import json

GRID = ["............", "............", "............", "SCCCCCCCCCCG"]


def outcome(x, y, dx, dy):
    if 0 <= x + dx < 12:
        x += dx
    if 0 <= y + dy < 4:
        y += dy
    if GRID[y][x] == "C":
        return [1, 36, -100, 0]
    return [1, 12 * y + x, -1, 1 if GRID[y][x] == "G" else 0]


HEADINGS = [(0, -1), (1, 0), (0, 1), (-1, 0)]
table = [[outcome(x, y, dx, dy) for dx, dy in HEADINGS] for y in range(4) for x in range(12)]
source = "python3 cliff-walking.py > cliff-walking.json; the script follows gymnasium/envs/toy_text/cliffwalking.py of Farama-Foundation/Gymnasium, and its table was equal to P of gymnasium 1.3.0 from PyPI; table[cell][action] is probability, cell, reward and terminated of its one transition"
print('{"source": %s, "table": [\n%s\n]}' % (json.dumps(source), ",\n".join(map(json.dumps, table))))
