/** A game as it may have been lying around for years: a class that changes itself, without any thought of learning. */
export class Catch {
  static readonly width = 9
  static readonly height = 8
  static readonly fruits = 10

  basket = 0
  fruit = { x: 0, y: 0, drift: 0 }
  dropped = 0
  #seed = 0

  start(seed: number): void {
    this.#seed = seed
    this.basket = 4
    this.dropped = 0
    this.#drop()
  }

  get isOver(): boolean {
    return this.dropped === Catch.fruits
  }

  /** Moves the basket by −1, 0 or 1 and lets the fruit fall: 1 if it was caught, −1 if it was missed, else 0. */
  tick(move: number): -1 | 0 | 1 {
    this.basket = within(this.basket + move)
    this.fruit.x = within(this.fruit.x + this.fruit.drift)
    this.fruit.y += 1
    if (this.fruit.y < Catch.height) return 0
    const isCaught = this.fruit.x === this.basket
    this.dropped += 1
    this.#drop()
    return isCaught ? 1 : -1
  }

  #drop(): void {
    this.fruit = { x: this.#below(Catch.width), y: 0, drift: this.#below(3) - 1 }
  }

  #below(n: number): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#seed / 2 ** 32) * n)
  }
}

const within = (x: number): number => Math.min(Catch.width - 1, Math.max(0, x))
