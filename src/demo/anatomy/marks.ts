/** Half the size of a mark, in units of the plot. */
const R = 3.4

const at = (x: number): string => x.toFixed(1)

/** Each case has a shape of its own, so that nobody needs to tell colours apart. */
const SHAPES: ReadonlyArray<(x: number, y: number) => string> = [
  // A triangle that points up: it is to come back up.
  (x, y) => `M${at(x)} ${at(y - R)}l${R} ${2 * R}h${-2 * R}z`,
  // A disc.
  (x, y) => `M${at(x - R)} ${at(y)}a${R} ${R} 0 1 0 ${2 * R} 0a${R} ${R} 0 1 0 ${-2 * R} 0z`,
  // A square.
  (x, y) => `M${at(x - R)} ${at(y - R)}h${2 * R}v${2 * R}h${-2 * R}z`,
  // A diamond.
  (x, y) => `M${at(x)} ${at(y - R - 1)}l${R + 1} ${R + 1}l${-R - 1} ${R + 1}l${-R - 1} ${-R - 1}z`,
  // A bar.
  (x, y) => `M${at(x - R - 1)} ${at(y - 1.6)}h${2 * R + 2}v3.2h${-2 * R - 2}z`,
  // A triangle that points down.
  (x, y) => `M${at(x)} ${at(y + R)}l${R} ${-2 * R}h${-2 * R}z`,
]

/** The outline of a mark of a case at a place. */
export const markAt = (place: number, x: number, y: number): string => SHAPES[place]!(x, y)
