/**
 * An imperative game, a class that changes itself, becomes an environment by `env.fromGym` and is learned by
 * PPO with suggested settings. The first policy catches every other fruit; the trained one must catch at least
 * eight of ten. Equal seeds give equal numbers, on every machine.
 */
import { env, ppo, random } from 'proximal'
import { Catch } from './catch.js'

const catching = env.fromGym('catch', () => {
  const game = new Catch()
  const look = () => [game.basket, game.fruit.x, game.fruit.y, game.fruit.drift]
  return {
    observationSpace: env.box(4, [0, 0, 0, -1], [Catch.width, Catch.width, Catch.height, 1]),
    actionSpace: env.discrete(3),
    reset({ seed }) {
      game.start(seed)
      return look()
    },
    step(action) {
      const reward = game.tick(action - 1)
      return [look(), reward, game.isOver, false, {}]
    },
  }
})

const suggested = ppo.suggest(catching)
console.log(suggested.reasons.join('\n'))
const config = ppo.config({ preset: suggested.config, totalSteps: 40_960, epochs: 5 })
const parts = ppo.parts(config, catching)

/** How many of ten fruits a policy catches, over 100 games. */
const caught = ({ learner }: ppo.TrainState<env.GymState>): number => {
  const options = { episodes: 100, key: random.key(7), act: 'mode' } as const
  const games = ppo.evaluate(catching, parts.policy, learner, options)
  // One that is caught pays 1, one that is missed costs 1.
  return games.reduce((sum, game) => sum + (Catch.fruits + game.return) / 2, 0) / games.length
}

const first = ppo.init(parts)(random.key(1))
const ended = ppo.run(config, parts)(first)
if (ended._tag === 'Left') throw new Error(ended.left.fault.message)
const [before, after] = [caught(first), caught(ended.right)]

console.log(`caught of ten: ${before.toFixed(2)} before training, ${after.toFixed(2)} after`)
if (!(after > before && after >= 8))
  throw new Error(`expected at least 8 of 10 and more than before, got ${after}`)
