"""Pendulum-v1 in plain floats, after the dynamics of Gymnasium's classic_control/pendulum.py.

Run in this folder:  python3 pendulum.py > pendulum.json
"""
import json
from math import pi, sin

G, MASS, LENGTH, DT = 10.0, 1.0, 1.0, 0.05


def step(state, torque):
    angle, spin = state
    u = min(max(torque, -2.0), 2.0)
    upright = ((angle + pi) % (2 * pi)) - pi
    reward = -(upright**2 + 0.1 * spin**2 + 0.001 * u**2)
    alpha = 3 * G / (2 * LENGTH) * sin(angle) + 3.0 / (MASS * LENGTH**2) * u
    spin = min(max(spin + alpha * DT, -8.0), 8.0)
    return [angle + spin * DT, spin], reward


def dice():
    x = 12345
    while True:
        x = (1103515245 * x + 12345) % 2**31
        yield x / 2**29 - 2


rolls = dice()
STARTS = {
    "left to itself": ([0.1, 0.0], lambda s, t: 0.0),
    "always with all force": ([pi, 0.0], lambda s, t: 2.0),
    "too strong, back and forth": ([-3.0, 1.0], lambda s, t: -5.0 if t // 7 % 2 else 5.0),
    "pumped up": ([3.0, 0.5], lambda s, t: 2.0 if s[1] > 0 else -2.0),
    "by dice": ([-0.5, -1.0], lambda s, t: next(rolls)),
    "turns behind": ([-40.0, -7.5], lambda s, t: -2.0),
    "turns ahead, at the fastest": ([100.0, 8.0], lambda s, t: 1.25),
}
cases = []
for name, (start, choose) in STARTS.items():
    state, actions, rewards, states = start, [], [], []
    while len(states) < 60:
        action = choose(state, len(states))
        state, reward = step(state, action)
        actions.append(action)
        rewards.append(reward)
        states.append(state)
    cases.append({"name": name, "start": start, "actions": actions, "rewards": rewards, "states": states})
source = "python3 pendulum.py > pendulum.json; the script follows gymnasium/envs/classic_control/pendulum.py of Farama-Foundation/Gymnasium, in float64, and its states and rewards were equal to the bit to those of gymnasium 1.3.0 from PyPI; states[t] and rewards[t] are of the step that takes actions[t]"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
