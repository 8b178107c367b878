"""Acrobot-v1 in plain floats, after the dynamics of Gymnasium's classic_control/acrobot.py ("book").

Run in this folder:  python3 acrobot.py > acrobot.json
"""
import json
from math import cos, pi, sin

G, DT = 9.8, 0.2
M1 = M2 = L1 = I1 = I2 = 1.0
C1 = C2 = 0.5


def rates(state, torque):
    a, b, v, w = state
    d1 = M1 * C1**2 + M2 * (L1**2 + C2**2 + 2 * L1 * C2 * cos(b)) + I1 + I2
    d2 = M2 * (C2**2 + L1 * C2 * cos(b)) + I2
    phi2 = M2 * C2 * G * cos(a + b - pi / 2)
    phi1 = -M2 * L1 * C2 * w**2 * sin(b) - 2 * M2 * L1 * C2 * w * v * sin(b)
    phi1 = phi1 + (M1 * C1 + M2 * L1) * G * cos(a - pi / 2) + phi2
    outer = torque + d2 / d1 * phi1 - M2 * L1 * C2 * v**2 * sin(b) - phi2
    outer = outer / (M2 * C2**2 + I2 - d2**2 / d1)
    return [v, w, -(d2 * outer + phi1) / d1, outer]


def moved(state, time, rate):
    return [x + time * k for x, k in zip(state, rate)]


def wrapped(angle):
    while angle > pi:
        angle -= 2 * pi
    while angle < -pi:
        angle += 2 * pi
    return angle


def step(state, action):
    torque = [-1.0, 0.0, 1.0][action]
    k1 = rates(state, torque)
    k2 = rates(moved(state, DT / 2, k1), torque)
    k3 = rates(moved(state, DT / 2, k2), torque)
    k4 = rates(moved(state, DT, k3), torque)
    mean = [p + 2 * q + 2 * r + s for p, q, r, s in zip(k1, k2, k3, k4)]
    a, b, v, w = moved(state, DT / 6, mean)
    a, b = wrapped(a), wrapped(b)
    v, w = min(max(v, -4 * pi), 4 * pi), min(max(w, -9 * pi), 9 * pi)
    return [a, b, v, w], -cos(a) - cos(b + a) > 1.0


def dice():
    x = 12345
    while True:
        x = (1103515245 * x + 12345) % 2**31
        yield x // 2**16 % 3


rolls = dice()
STARTS = {
    "left to itself": ([0.1, -0.05, 0.02, -0.1], lambda s, t: 1),
    "always turned one way": ([0.0, 0.0, 0.0, 0.0], lambda s, t: 2),
    "back and forth": ([-0.09, 0.07, -0.03, 0.01], lambda s, t: t // 5 % 2 * 2),
    "by dice": ([0.05, 0.1, -0.1, 0.08], lambda s, t: next(rolls)),
    "pumped up": ([-0.02, 0.04, 0.06, -0.08], lambda s, t: 2 if s[3] > 0 else 0),
    "pumped up, the other way": ([0.1, 0.1, 0.1, 0.1], lambda s, t: 0 if s[2] > 0 else 2),
    "at the fastest": ([3.0, 3.1, 4 * pi, 9 * pi], lambda s, t: 2),
    "at the fastest, the other way": ([-2.0, 3.0, -12.0, 28.0], lambda s, t: 0),
    "links against each other": ([2.0, -3.0, 12.0, -28.0], lambda s, t: t % 3),
}
cases = []
for name, (start, choose) in STARTS.items():
    state, actions, terminated, states = start, [], [], []
    while len(states) < (120 if "pumped" in name else 60):
        action = choose(state, len(states))
        state, ended = step(state, action)
        actions.append(action)
        terminated.append(int(ended))
        states.append(state)
    text = {k: "".join(map(str, v)) for k, v in (("actions", actions), ("terminated", terminated))}
    cases.append({"name": name, "start": start, **text, "states": states})
source = "python3 acrobot.py > acrobot.json; the script follows gymnasium/envs/classic_control/acrobot.py of Farama-Foundation/Gymnasium, in float64, and its states and ends were equal to the bit to those of gymnasium 1.3.0 from PyPI; states[t] = [theta1, theta2, their speeds] and terminated[t] are of the step that takes actions[t], and no life ends when it may"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
