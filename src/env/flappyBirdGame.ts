/** Pixels from the screen's left and upper edges: everything above the gap and below it is pipe. */
export interface Pipe {
  readonly x: number
  readonly gapTop: number
  readonly gapHeight: number
}

/** Pixels down to the bird's upper edge, pixels a frame downwards, the pipes from left to right. */
export interface FlappyBirdState {
  readonly y: number
  readonly velocity: number
  readonly pipes: readonly Pipe[]
}

// The constants of FlapPyBird, as game/wrapped_flappy_bird.py of DeepLearningFlappyBird has them.
export const SCREEN_WIDTH = 288
export const SCREEN_HEIGHT = 512
export const BASE = 0.79 * SCREEN_HEIGHT
export const BIRD_X = 57
export const BIRD_WIDTH = 34
export const BIRD_HEIGHT = 24
export const PIPE_WIDTH = 52
export const LOWEST = BASE - BIRD_HEIGHT
export const FLAP = -9
export const FASTEST_FALL = 10
export const SCROLL = 4
export const ENTRY = SCREEN_WIDTH + 10
