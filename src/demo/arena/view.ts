import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render } from 'lit-html'
import { builtInOf, isBuiltInName, type BuiltInName } from '../../builtin/index.ts'
import { foldIn, key } from '../../random/key.ts'
import { environmentTitles, OFFERED } from '../shell/words.ts'
import type { View } from '../view.ts'
import { routeOf } from '../route.ts'
import { handlings } from './actions.ts'
import './arena.css'
import { drawOn } from './canvas.ts'
import { beliefGauge, sparkline } from './gauges.ts'
import { playerOf, type Decision, type Player } from './policy.ts'
import { seatAt, type Seat } from './seat.ts'
import { arenaWords } from './words.ts'

/** How many values the line of V(s) shows. */
const VALUES = 200
const EPISODES = 5
/** Milliseconds between two drawings of the numbers beside the game. */
const GAUGES_MS = 66

const envInAddress = (): BuiltInName => {
  const env = new URLSearchParams(routeOf(location.hash).query).get('env') ?? ''
  return isBuiltInName(env) ? env : 'cartpole'
}

export const view: View = {
  mount: (host, { language, run }) => {
    const say = arenaWords[language]
    const canvas = document.createElement('canvas')
    canvas.className = 'game'
    const root = document.createElement('div')
    host.append(root)

    let env: BuiltInName = envInAddress()
    let seat: Seat
    let player: Player | null = null
    let playerName = ''
    let playerUpdate: number | null = null
    let decision: Decision | null = null
    let values: readonly number[] = []
    let returns: readonly number[] = []
    const actionKey = key(7)

    const sit = (): void => {
      const builtIn = builtInOf(env)
      player = null
      playerName = ''
      playerUpdate = null
      decision = null
      values = []
      returns = []
      seat = seatAt(builtIn, key(2026), {
        restMs: 700,
        act: (game) => {
          if (player === null) return null
          const seen = Array.from(builtIn.env.observe(game.state) as ArrayLike<number>)
          decision = player(seen, foldIn(foldIn(actionKey, returns.length), game.length))
          values = [...values.slice(1 - VALUES), decision.value]
          return decision.action
        },
        onOver: (game) => {
          returns = [...returns.slice(1 - EPISODES), game.return]
          values = []
        },
      })
    }

    /** Takes the newest policy. */
    const learn = (): void => {
      const { config, policy, generation } = run.get()
      if (config === null || !isBuiltInName(config.env)) return
      if (config.env !== env) {
        env = config.env
        sit()
      }
      const name = `${generation}:${policy?.update}`
      if (policy === null || name === playerName) return
      const read = playerOf(builtInOf(env).env, config.settings, policy.bytes)
      if (E.isRight(read)) {
        player = read.right
        playerName = name
        playerUpdate = policy.update
      }
    }

    const gauges = (): void => {
      const { env: spec } = builtInOf(env)
      const game = seat.game()
      const names = handlings[env].names.map((name) => say.names[name])
      const box = spec.actionSpace.kind === 'box' ? spec.actionSpace : null
      const title = (OFFERED as readonly string[]).includes(env)
        ? environmentTitles[language][env as (typeof OFFERED)[number]]
        : env
      canvas.setAttribute('role', 'img')
      canvas.setAttribute('aria-label', say.picture(title, game.length, game.return))
      render(
        html`<div class="split">
          <section class="card stage">
            ${canvas}
            <div class="pad row between">
              <h2>${say.title}</h2>
              <span class="quiet small number"
                >${
                  playerUpdate === null || playerUpdate === 0 ? say.random : say.after(playerUpdate)
                }</span
              >
            </div>
          </section>
          <div class="stack">
            <section class="card pad">
              <dl class="figures number">
                <div>
                  <dt>${say.step}</dt>
                  <dd>${game.length}</dd>
                </div>
                <div>
                  <dt>${say.return}</dt>
                  <dd>${game.return.toFixed(1)}</dd>
                </div>
                <div class="wide">
                  <dt>${say.last}</dt>
                  <dd>
                    ${
                      returns.length === 0 ? say.none : returns.map((x) => x.toFixed(0)).join(' · ')
                    }
                  </dd>
                </div>
              </dl>
            </section>
            <section class="card pad">
              <h3>${box === null ? say.actions : say.action}</h3>
              ${decision === null ? nothing : beliefGauge(decision, names, box)}
            </section>
            <section class="card pad">
              <div class="row between">
                <h3>${say.value}</h3>
                <span class="number">${values.at(-1)?.toFixed(2) ?? ''}</span>
              </div>
              ${sparkline(values, say.value)}
              <p class="quiet small">${say.valueHint}</p>
            </section>
          </div>
        </div>`,
        root,
      )
    }

    sit()
    learn()
    gauges()
    let [last, gaugesAt, frame] = [performance.now(), 0, 0]
    const tick = (now: number): void => {
      frame = requestAnimationFrame(tick)
      learn()
      seat.pass(now - last)
      last = now
      drawOn(canvas, seat.picture())
      if (now - gaugesAt < GAUGES_MS) return
      gaugesAt = now
      gauges()
    }
    frame = requestAnimationFrame(tick)
    return () => {
      cancelAnimationFrame(frame)
      root.remove()
    }
  },
}
