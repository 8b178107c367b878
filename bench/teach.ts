/**
 * What a scripted visitor teaches Pendulum, as on the page: the mean angular speed after 0, 60 and 100
 * choices, on the five protocol seeds, and what a choice takes.
 */
import { parts as ppoParts } from '../src/ppo.ts'
import { teachTasks } from '../src/demo/teach/task.ts'
import { teachTo, type Teaching } from '../src/demo/teach/teacher.ts'
import { angularSpeed, preferred, protocolSeeds, visited } from './teach/visitor.ts'

const AT = new Set([0, 60, 100])

const { ppo, env } = teachTasks.pendulum
const parts = ppoParts(ppo, env)

const lines = [
  '| seed | before | 60 choices | 100 choices | s per choice, longest |',
  '| --- | --- | --- | --- | --- |',
]
for (const seed of protocolSeeds) {
  const [steps, start] = visited(seed, 0)
  let at: Teaching = start
  const speeds: number[] = []
  let [total, longest] = [0, 0]
  for (;;) {
    const { question, choices } = steps.shown(at)
    if (AT.has(choices.length)) speeds.push(angularSpeed(at, seed, parts))
    if (question === null) break
    const from = performance.now()
    for (at of teachTo(steps, at, choices + preferred(question)));
    const seconds = (performance.now() - from) / 1000
    total += seconds
    longest = Math.max(longest, seconds)
  }
  const cells = [
    ...speeds.map((x) => x.toFixed(2)),
    `${(total / 100).toFixed(2)}, ${longest.toFixed(2)}`,
  ]
  lines.push(`| ${[seed, ...cells].join(' | ')} |`)
  process.stderr.write(`${lines.at(-1)!}\n`)
}
process.stdout.write(`${lines.join('\n')}\n`)
