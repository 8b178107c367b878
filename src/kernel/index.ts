export { js } from './js/js.ts'
export { operation, type Machine, type Operation } from './machine.ts'
export { backend, type BackendName } from './backends.ts'
