"""CartPole-v1 in plain floats, after the dynamics of Gymnasium's classic_control/cartpole.py.

Run in this folder:  python3 cartpole.py > cartpole.json
"""
import json
from math import cos, pi, sin

G, CART, POLE, HALF, FORCE, DT = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02


def step(state, action):
    x, v, angle, spin = state
    mass = CART + POLE
    push = FORCE if action == 1 else -FORCE
    shove = (push + POLE * HALF * spin**2 * sin(angle)) / mass
    alpha = (G * sin(angle) - cos(angle) * shove) / (
        HALF * (4.0 / 3.0 - POLE * cos(angle) ** 2 / mass)
    )
    accel = shove - POLE * HALF * alpha * cos(angle) / mass
    after = [x + DT * v, v + DT * accel, angle + DT * spin, spin + DT * alpha]
    return after, abs(after[0]) > 2.4 or abs(after[2]) > 12 * 2 * pi / 360


def balance(state):
    return int(state[2] + 0.5 * state[3] + 0.1 * state[0] + 0.2 * state[1] > 0)


def dice():
    x = 12345
    while True:
        x = (1103515245 * x + 12345) % 2**31
        yield x >> 16 & 1


rolls = dice()
STARTS = {
    "alternate from rest": ([0, 0, 0, 0], lambda s, t: t % 2),
    "always right": ([0.01, -0.02, 0.03, 0.04], lambda s, t: 1),
    "always left": ([-0.05, 0.05, -0.05, 0.05], lambda s, t: 0),
    "by dice": ([0.02, 0.01, -0.04, -0.03], lambda s, t: next(rolls)),
    "balanced": ([0.04, -0.03, 0.02, 0.05], lambda s, t: balance(s)),
    "off the track, right": ([2.3, 0.7, -0.05, 0.1], lambda s, t: balance(s)),
    "off the track, left": ([-2.3, -0.7, 0.05, -0.1], lambda s, t: balance(s)),
    "spinning fast": ([0.5, -1.5, -0.2, 3.0], lambda s, t: t // 3 % 2),
}
cases = []
for name, (start, choose) in STARTS.items():
    state, done, actions, states = [float(s) for s in start], False, "", []
    while not done and len(states) < 150:
        action = choose(state, len(states))
        state, done = step(state, action)
        actions += str(action)
        states.append(state)
    cases.append({"name": name, "start": start, "actions": actions, "terminated": done, "states": states})
source = "python3 cartpole.py > cartpole.json; the script follows gymnasium/envs/classic_control/cartpole.py of Farama-Foundation/Gymnasium (Euler, v1), in float64, and its states were equal to the bit to those of gymnasium 1.3.0 from PyPI; states[t] is the state after actions[t], terminated is of the last one"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
