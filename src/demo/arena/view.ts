import * as E from 'fp-ts/lib/Either.js'
import { html, render } from 'lit-html'
import type { PpoConfig } from '../../algo/ppo/config.ts'
import { builtInOf, isBuiltInName, type BuiltInName } from '../../builtin/index.ts'
import { foldIn, key } from '../../random/key.ts'
import { routeOf } from '../route.ts'
import { titleOf } from '../shell/words.ts'
import type { View } from '../view.ts'
import './arena.css'
import { duelIn, type Duel } from './duel.ts'
import { duelView, type DuelView } from './duelView.ts'
import type { Game } from './game.ts'
import { playerOf, type Decision, type Player } from './policy.ts'
import { soloIn, type Solo } from './solo.ts'
import { arenaWords } from './words.ts'

/** Milliseconds between two drawings of the numbers beside the game. */
const GAUGES_MS = 66

const envInAddress = (): BuiltInName => {
  const env = new URLSearchParams(routeOf(location.hash).query).get('env') ?? ''
  return isBuiltInName(env) ? env : 'cartpole'
}

export const view: View = {
  mount: (host, { language, run }) => {
    const words = arenaWords[language]
    const root = document.createElement('div')
    host.append(root)
    let env = envInAddress()
    let player: Player | null = null
    /** reads the policies of the run at hand */
    let reader: {
      readonly settings: PpoConfig
      readonly read: ReturnType<typeof playerOf>
    } | null = null
    let playerName = ''
    let playerUpdate: number | null = null
    let duel: { readonly duel: Duel; readonly view: DuelView } | null = null
    const actionKey = key(7)
    let decisions = 0

    const decide = ({ state }: Game): Decision | null => {
      if (player === null) return null
      decisions += 1
      const seen = builtInOf(env).env.observe(state) as ArrayLike<number>
      return player(Array.from(seen), foldIn(actionKey, decisions))
    }
    const solo = (): Solo => soloIn(language, env, titleOf(language, env), decide)
    let alone = solo()

    const endDuel = (): void => {
      duel?.view.end()
      duel = null
    }
    const toggleDuel = (): void => {
      if (duel !== null) endDuel()
      else {
        const made = duelIn(env, decide)
        duel = { duel: made, view: duelView(language, env, titleOf(language, env), made) }
      }
      frame()
    }

    /** Takes the newest policy. */
    const learn = (): void => {
      const { config, policy, generation } = run.get()
      if (config === null || !isBuiltInName(config.env)) return
      if (config.env !== env) {
        env = config.env
        player = null
        playerUpdate = null
        endDuel()
        alone = solo()
      }
      const name = `${generation}:${env}:${policy?.update}:${config.settings.totalSteps}`
      if (policy === null || name === playerName) return
      if (reader?.settings !== config.settings)
        reader = {
          settings: config.settings,
          read: playerOf(builtInOf(env).env, config.settings),
        }
      const found = reader.read(policy.bytes)
      if (E.isLeft(found)) return
      player = found.right
      playerName = name
      playerUpdate = policy.update
    }

    const frame = (): void => {
      render(
        html`<div class="stack">
          ${duel === null ? alone.template(playerUpdate) : duel.view.template()}
          <div>
            <button aria-pressed=${duel !== null} @click=${toggleDuel}>
              ${duel === null ? words.playYourself : words.stop}
            </button>
          </div>
        </div>`,
        root,
      )
    }

    learn()
    frame()
    let [last, framedAt, request] = [performance.now(), 0, 0]
    const tick = (now: number): void => {
      request = requestAnimationFrame(tick)
      learn()
      const passed = now - last
      last = now
      if (duel === null) alone.pass(passed)
      else duel.duel.pass(passed)
      if (now - framedAt >= GAUGES_MS) {
        framedAt = now
        frame()
      }
      if (duel === null) alone.draw()
      else duel.view.draw()
    }
    request = requestAnimationFrame(tick)
    return () => {
      cancelAnimationFrame(request)
      endDuel()
      root.remove()
    }
  },
}
