import type { Space } from '../../env/space.ts'
import type { AgentParts, AsyncAgentParts, PausingAgentParts } from '../agent.ts'
import type { RunMetrics } from '../iteration.ts'
import type { TrainState } from '../learner.ts'
import {
  asyncPartsOf,
  initAsyncOf,
  initOf,
  iterateAsyncOf,
  iterateOf,
  partsOf,
  pausingPartsOf,
  runAsyncOf,
  runOf,
  stagesOf,
  trainAsyncOf,
  trainOf,
  withParamsOf,
} from '../trainer.ts'
import { algorithm, type Learned, type OptimState, type UpdateMetrics } from './algorithm.ts'
import type { A2cConfig } from './config.ts'

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends AgentParts<
  S,
  A,
  A2cConfig,
  OptimState,
  Learned
> {}

/** The functions that an iteration is made of, with environments that return promises. */
export interface AsyncParts<S, A extends Space = Space> extends AsyncAgentParts<
  S,
  A,
  A2cConfig,
  OptimState,
  Learned
> {}

/** The functions that an iteration is made of, which pause between pieces of work. */
export interface PausingParts<S, A extends Space = Space> extends PausingAgentParts<
  S,
  A,
  A2cConfig,
  OptimState,
  Learned
> {}

/** The whole run as one value: `iterate` maps it to the next one. */
export type State<S> = TrainState<S, OptimState>

/** The metrics of one iteration. */
export interface Metrics extends UpdateMetrics, RunMetrics {}

/**
 * Builds what A2C learns with, for a config and an environment: the policy, the optimiser,
 * `rollout` and `update`. The operations are recorded once and then replayed over arrays laid out
 * once. Rollouts and updates return copies.
 *
 * @param config every field, see `config`
 * @param env the environment, whose spaces decide the networks and the distribution
 * @param how a backend: 'wasm', 'js', or 'auto' (the default), which is 'wasm' where the engine has
 * SIMD; or a machine, such as `kernel.js.f64` for gradient checks. Every backend gives the same f32
 * bits.
 * @throws RangeError when the config is not valid, with every field that is wrong
 */
export const parts = /* @__PURE__ */ partsOf(algorithm)

/**
 * Builds what A2C learns with for an environment that returns promises, such as one of
 * `env.fromGymAsync`. It gives the same bits as `parts`.
 *
 * @param how a backend or a machine, see `parts`
 * @throws RangeError when the config is not valid, with every field that is wrong
 */
export const asyncParts = /* @__PURE__ */ asyncPartsOf(algorithm)

/**
 * Builds what A2C learns with on a thread that has other work, such as the main thread of a page:
 * rollouts and updates pause between pieces of their work, and return promises. Use them with
 * `trainAsync` or `runAsync`. They give the same bits as `parts`, whenever they pause.
 *
 * @param pause called between pieces: a promise to wait for before the next one, or null to
 * continue; `frameBudget(6)` works for 6 ms of each frame. A rejection ends the run and is thrown.
 * @param how a backend or a machine, see `parts`
 * @throws RangeError when the config is not valid, with every field that is wrong
 */
export const pausingParts = /* @__PURE__ */ pausingPartsOf(algorithm)

/**
 * Makes the first state of a run: parameters, optimiser state, environments and key. The seed determines all
 * of it.
 *
 * @returns a function of the seed, a key of `random.key`
 * @throws RangeError when the seed is not a key
 */
export const init = /* @__PURE__ */ initOf(algorithm)

/**
 * Makes the first state of a run in environments that return promises.
 *
 * @returns a function of the seed, a key of `random.key`, to a promise of the state
 * @throws RangeError when the seed is not a key
 */
export const initAsync = /* @__PURE__ */ initAsyncOf(algorithm)

/**
 * Puts other parameters into a state, such as those of a file. The optimiser starts again from its first
 * state; statistics, environments and key stay unchanged.
 *
 * @returns a function of a state and parameters to the new state
 * @throws RangeError when there are more or fewer parameters than the state has
 */
export const withParams = /* @__PURE__ */ withParamsOf(algorithm)

/**
 * The stages of an iteration as separate functions, for a program that inserts its own code between them: act
 * → shape → estimate → learn. `act` and `learn` return promises for parts whose environments return promises
 * or that pause, so `await` them in code for any parts.
 *
 * @returns the four functions
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const stages = /* @__PURE__ */ stagesOf(algorithm)

/**
 * One iteration of A2C: act → shape → estimate → learn. Mnih et al. 2016, arXiv:1602.01783.
 *
 * @returns a function of a state to `[metrics, next state]`; the given state is not changed
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const iterate = /* @__PURE__ */ iterateOf(algorithm)

/**
 * One iteration of A2C in environments that return promises. It gives the same bits as
 * `iterate`. Mnih et al. 2016, arXiv:1602.01783.
 *
 * @returns a function of a state to a promise of `[metrics, next state]`
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const iterateAsync = /* @__PURE__ */ iterateAsyncOf(algorithm)

/**
 * Iterates to the end of the run and yields `[metrics, state]` after each update. It starts from
 * any state of the run, so a program can stop, keep the state and continue later.
 *
 * @returns a function of the state to start from to a generator
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const train = /* @__PURE__ */ trainOf(algorithm)

/**
 * Iterates to the end of a run in environments that return promises: `for await (const
 * [metrics, state] of …)`.
 *
 * @returns a function of the state to start from to an asynchronous generator
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const trainAsync = /* @__PURE__ */ trainAsyncOf(algorithm)

/**
 * Trains to the end of the run in one call. The result is Right of the last state, or Left of the fault that
 * ended the run (a reward that is not finite, for example) with the state after the last complete update.
 *
 * @returns a function of the state to start from, and of what to call after each update with its
 * metrics and the new state
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const run = /* @__PURE__ */ runOf(algorithm)

/**
 * Trains to the end of a run in environments that return promises. A rejection is a fault.
 * Games that cannot go back must start new episodes after a fault: close them, and continue from `{
 * ...state, envState: await parts.env.init(key) }`.
 *
 * @returns a function of the state to start from, and of what to call after each update, to a
 * promise of Right of the last state or Left of the fault
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const runAsync = /* @__PURE__ */ runAsyncOf(algorithm)
