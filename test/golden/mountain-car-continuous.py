"""MountainCarContinuous-v0 in plain floats, after the dynamics of Gymnasium's
classic_control/continuous_mountain_car.py, whose states are float32 there and float64 here.

Run in this folder:  python3 mountain-car-continuous.py > mountain-car-continuous.json
"""
import json
from math import cos


def step(state, action):
    x, v = state
    force = min(max(action, -1.0), 1.0)
    v += force * 0.0015 - 0.0025 * cos(3 * x)
    v = min(max(v, -0.07), 0.07)
    x += v
    x = min(max(x, -1.2), 0.6)
    if x == -1.2 and v < 0:
        v = 0.0
    ended = x >= 0.45 and v >= 0
    return [x, v], (100.0 if ended else 0.0) - action**2 * 0.1, ended


def dice():
    x = 12345
    while True:
        x = (1103515245 * x + 12345) % 2**31
        yield x / 2**30 - 1


rolls = dice()
STARTS = {
    "left to itself": ([-0.45, 0.0], lambda s, t: 0.0),
    "always to the right": ([-0.6, 0.0], lambda s, t: 1.0),
    "by dice": ([-0.4, 0.0], lambda s, t: next(rolls)),
    "by greater dice": ([-0.55, 0.0], lambda s, t: 3 * next(rolls)),
    "pumped up": ([-0.52, 0.0], lambda s, t: 0.75 if s[1] >= 0 else -0.75),
    "pumped up, too strong": ([-0.41, 0.0], lambda s, t: -2.5 if s[1] <= 0 else 2.5),
    "into the wall": ([-0.9, -0.06], lambda s, t: -1.0 if t < 30 else 0.5),
    "down from the right, at the fastest": ([0.6, -0.07], lambda s, t: -1.0),
    "up to the goal, at the fastest": ([-0.9, 0.069], lambda s, t: 1.0),
    "back from the goal": ([0.44, 0.02], lambda s, t: -1.0),
}
cases = []
for name, (start, choose) in STARTS.items():
    state, actions, rewards, terminated, states = start, [], [], [], []
    while len(states) < 100:
        action = choose(state, len(states))
        state, reward, ended = step(state, action)
        actions.append(action)
        rewards.append(reward)
        terminated.append(int(ended))
        states.append(state)
    ends = "".join(map(str, terminated))
    cases.append({"name": name, "start": start, "actions": actions, "rewards": rewards, "terminated": ends, "states": states})
source = "python3 mountain-car-continuous.py > mountain-car-continuous.json; the script follows gymnasium/envs/classic_control/continuous_mountain_car.py of Farama-Foundation/Gymnasium, in float64, and each step from one of its states was equal to the bit to that of gymnasium 1.3.0 from PyPI, which rounds the state it leads to to float32; states[t] = [position, velocity], rewards[t] and terminated[t] are of the step that takes actions[t], and no life ends when it may"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
