export * from './picture/index.ts'
export { drawingOf, drawings } from './builtin/drawings.ts'
