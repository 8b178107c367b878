/**
 * Where a call may put numbers of its own. A global belongs to an instance, so threads that share a
 * memory have each their own; src/kernel/wasm/wasm.ts says how much a call takes.
 */
export let scratch: usize = 0

export function setScratch(at: usize): void {
  scratch = at
}
