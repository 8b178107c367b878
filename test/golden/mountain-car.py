"""MountainCar-v0 in plain floats, after the dynamics of Gymnasium's classic_control/mountain_car.py.

Run in this folder:  python3 mountain-car.py > mountain-car.json
"""
import json
from math import cos


def step(state, action):
    x, v = state
    v += (action - 1) * 0.001 + cos(3 * x) * -0.0025
    v = min(max(v, -0.07), 0.07)
    x += v
    x = min(max(x, -1.2), 0.6)
    if x == -1.2 and v < 0:
        v = 0.0
    return [x, v], x >= 0.5 and v >= 0


def dice():
    x = 12345
    while True:
        x = (1103515245 * x + 12345) % 2**31
        yield x // 2**16 % 3


rolls = dice()
STARTS = {
    "left to itself": ([-0.45, 0.0], lambda s, t: 1),
    "always to the right": ([-0.6, 0.0], lambda s, t: 2),
    "by dice": ([-0.4, 0.0], lambda s, t: next(rolls)),
    "pumped up": ([-0.52, 0.0], lambda s, t: 2 if s[1] >= 0 else 0),
    "pumped up, to the left first": ([-0.41, 0.0], lambda s, t: 0 if s[1] <= 0 else 2),
    "into the wall": ([-0.9, -0.06], lambda s, t: 0 if t < 60 else 2),
    "down from the right, at the fastest": ([0.6, -0.07], lambda s, t: 0),
    "up to the goal, at the fastest": ([-0.9, 0.069], lambda s, t: 2),
    "back from the goal": ([0.49, 0.02], lambda s, t: 0),
}
cases = []
for name, (start, choose) in STARTS.items():
    state, actions, terminated, states = start, [], [], []
    while len(states) < 150:
        action = choose(state, len(states))
        state, ended = step(state, action)
        actions.append(action)
        terminated.append(int(ended))
        states.append(state)
    text = {k: "".join(map(str, v)) for k, v in (("actions", actions), ("terminated", terminated))}
    cases.append({"name": name, "start": start, **text, "states": states})
source = "python3 mountain-car.py > mountain-car.json; the script follows gymnasium/envs/classic_control/mountain_car.py of Farama-Foundation/Gymnasium, in float64, and its states and ends were equal to the bit to those of gymnasium 1.3.0 from PyPI; states[t] = [position, velocity] and terminated[t] are of the step that takes actions[t], and no life ends when it may"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
