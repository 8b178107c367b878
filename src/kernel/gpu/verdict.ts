import { isBackendName } from '../backends.ts'
import type { Backend, Survey } from './survey.ts'

/** A number of GFLOP/s in at most five characters; – where it was not measured. */
export const shownSpeed = (x: number | undefined): string => {
  if (x === undefined) return '–'
  return x.toFixed(x < 0.0995 ? 3 : x < 9.995 ? 2 : x < 99.95 ? 1 : 0)
}

/** The size from which each GPU is faster: one sentence per GPU, or one that says that there is none. */
export const verdicts = ({ sizes, host, wins, backends }: Survey): readonly string[] =>
  wins.length === 0
    ? [`No GPU on this machine could be faster than ${host}.`]
    : wins.map(({ mode, from }) => {
        const problem = backends.find(({ name }) => name === mode)!.problem
        if (problem !== null) return `${mode} was not measured completely: ${problem}`
        return from === null
          ? `${mode} is not faster than ${host} on this machine, up to n = ${sizes.at(-1)}.`
          : `${mode} is faster than ${host} from n = ${from} upwards.`
      })

/** Drivers that draw with the processor, as servers and browsers without a GPU have them. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i

/** What a backend is, for a reader who knows only its name. */
export const describeBackend = ({ name, adapter, isGpu, problem }: Backend): string => {
  if (adapter === null) return problem!
  const ended = problem === null ? '' : `; ended by: ${problem}`
  if (isGpu)
    return `${adapter}${SOFTWARE.test(adapter) ? ': a GPU that the processor plays' : ''}${ended}`
  return `${isBackendName(name) ? adapter : `gpu.js in ${adapter}: no GPU`}${ended}`
}
