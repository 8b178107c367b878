import type { Element, Space } from '../../env/space.ts'
import type { Handling, KeyName } from './actions.ts'

/** What a person's hands do, as the game asks for it. */
export interface Hands {
  readonly press: (name: KeyName) => void
  readonly release: (name: KeyName) => void
  /** whether anything was pressed since the last `rest` */
  readonly hasBegun: () => boolean
  /** Forgets everything that was pressed. */
  readonly rest: () => void
  /** The action of step `length`, or null while the game waits for one. */
  readonly action: (length: number) => Element<Space> | null
}

/** Hands that play by these keys. */
export const handsOf = ({ keys, rest, isTap, names }: Handling): Hands => {
  let held: readonly KeyName[] = []
  let tapped: KeyName | null = null
  let hasBegun = false
  return {
    press: (name) => {
      if (keys[name] === undefined) return
      hasBegun = true
      if (isTap) tapped = name
      else held = [...held.filter((one) => one !== name), name]
    },
    release: (name) => {
      held = held.filter((one) => one !== name)
    },
    hasBegun: () => hasBegun,
    rest: () => {
      held = []
      tapped = null
      hasBegun = false
    },
    action: (length) => {
      const name = tapped ?? held.at(-1)
      tapped = null
      const chosen = name === undefined ? undefined : keys[name]
      if (chosen !== undefined) return chosen
      if (rest === 'wait') return null
      return rest === 'tremble' ? length % names.length : rest.action
    },
  }
}

/** The key of an event of the keyboard, if games use it and no field of a form does. */
export const keyOf = ({ key, target }: KeyboardEvent): KeyName | null => {
  if (target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return null
  const known: readonly string[] = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', ' ']
  return known.includes(key) ? (key as KeyName) : null
}
