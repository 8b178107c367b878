export const TANH_SOURCE = `function clampedTanh(x) { const a = Math.min(Math.abs(x), 9.02); const t = 1 - 2 / (Math.exp(2 * a) + 1); let r = t; if (x < 0) { r = -t; } return r; }`
