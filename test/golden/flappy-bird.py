"""Flappy Bird as the game loop of DeepLearningFlappyBird plays it, on rectangles, without pygame.

Run in this folder:  python3 flappy-bird.py > flappy-bird.json
"""
import json

SCREENWIDTH, SCREENHEIGHT = 288, 512
BASEY = SCREENHEIGHT * 0.79
BIRD_W, BIRD_H, PIPE_W, PIPE_H = 34, 24, 52, 320


def rect(x, y, w, h):
    """pygame keeps whole numbers only."""
    return int(x), int(y), int(w), int(h)


def overlap(a, b):
    """Width and height of what two rectangles share, as pygame clips them."""
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return w > 0 and h > 0


class Game:
    def __init__(self, pipes):
        self.coming = iter(pipes)
        self.x = int(SCREENWIDTH * 0.2)
        self.y = int((SCREENHEIGHT - BIRD_H) / 2)
        self.velocity = 0
        self.score = 0
        self.upper, self.lower = [], []
        for x in (SCREENWIDTH, SCREENWIDTH + SCREENWIDTH / 2):
            self.add(int(x))

    def add(self, x):
        top, height = next(self.coming)
        self.upper.append({"x": x, "y": top - PIPE_H})
        self.lower.append({"x": x, "y": top + height})

    def crashed(self):
        if self.y + BIRD_H >= BASEY - 1:
            return True
        bird = rect(self.x, self.y, BIRD_W, BIRD_H)
        return any(
            overlap(bird, rect(pipe["x"], pipe["y"], PIPE_W, PIPE_H))
            for pipe in self.upper + self.lower
        )

    def frame(self, flap):
        reward, flapped = 0.1, False
        if flap and self.y > -2 * BIRD_H:
            self.velocity, flapped = -9, True
        middle = self.x + BIRD_W / 2
        for pipe in self.upper:
            pipe_middle = pipe["x"] + PIPE_W / 2
            if pipe_middle <= middle < pipe_middle + 4:
                self.score += 1
                reward = 1
        if self.velocity < 10 and not flapped:
            self.velocity += 1
        self.y += min(self.velocity, BASEY - self.y - BIRD_H)
        if self.y < 0:
            self.y = 0
        for pipe in self.upper + self.lower:
            pipe["x"] += -4
        if 0 < self.upper[0]["x"] < 5:
            self.add(SCREENWIDTH + 10)
        if self.upper[0]["x"] < -PIPE_W:
            self.upper.pop(0)
            self.lower.pop(0)
        terminal = self.crashed()
        if terminal:
            reward = -1
        return reward, terminal


def dice(seed):
    x = seed
    while True:
        x = (1103515245 * x + 12345) % 2**31
        yield x >> 16


def drawn(seed):
    rolls = dice(seed)
    while True:
        yield 10 * (2 + next(rolls) % 8) + 80, 80 + next(rolls) % 41


def constant(*pipes):
    i = 0
    while True:
        yield pipes[i % len(pipes)]
        i += 1


def below(margin):
    """Flaps when the next frame would bring the bird nearer than that to the gap's lower edge."""

    def choose(game, t):
        ahead = [i for i, p in enumerate(game.upper) if p["x"] + PIPE_W > game.x]
        edge = game.lower[ahead[0]]["y"]
        return int(game.y + BIRD_H + min(game.velocity + 1, 10) > edge - margin)

    return choose


rolls = dice(7)
CASES = {
    "left to fall": (drawn(1), lambda g, t: 0, 60),
    "one flap, then none": (drawn(2), lambda g, t: int(t == 0), 80),
    "always flapping: held at the top, into an upper pipe": (drawn(3), lambda g, t: 1, 80),
    "flapping every 17th frame": (constant((150, 120), (160, 110)), lambda g, t: int(t % 17 == 7), 400),
    "by dice": (drawn(4), lambda g, t: int(next(rolls) % 14 == 0), 300),
    "down to the last pixel of wide gaps": (constant((130, 120)), below(0), 500),
    "a pixel above": (constant((120, 115)), below(1), 500),
    "drawn pipes, near the edge": (drawn(5), below(3), 700),
    "drawn pipes, less near": (drawn(11), below(8), 700),
    "drawn pipes, in the middle": (drawn(17), below(14), 700),
    "narrow gaps at one height": (constant((140, 80)), below(2), 400),
    "falling into a lower pipe": (constant((100, 80)), below(-40), 200),
}
cases = []
for name, (pipes, choose, most) in CASES.items():
    taken = []

    def coming(source=pipes, log=taken):
        for pipe in source:
            log.append(pipe)
            yield pipe

    game, terminal, actions, rewards = Game(coming()), False, "", []
    ys, velocities, xs = [], [], []
    while not terminal and len(actions) < most:
        action = choose(game, len(actions))
        reward, terminal = game.frame(action)
        actions += str(action)
        rewards.append(reward)
        ys.append(game.y)
        velocities.append(game.velocity)
        xs += [pipe["x"] for pipe in game.upper]
    cases.append(
        {"name": name, "pipes": taken, "actions": actions, "terminated": terminal,
         "score": game.score, "rewards": rewards, "y": ys, "velocity": velocities, "x": xs}
    )
source = "python3 flappy-bird.py > flappy-bird.json; the script follows game/wrapped_flappy_bird.py of yenchenlin/DeepLearningFlappyBird in the order of what happens in a frame, with rectangles in place of the pictures' masks and with given pipes [gap top, gap height]; rewards[t], y[t] and velocity[t] are after actions[t], terminated of the last one, x of all pipes, frame after frame"
rows = ",\n".join(json.dumps(c) for c in cases)
print('{"source": %s, "cases": [\n%s\n]}' % (json.dumps(source), rows))
