export { firstNames, type FirstNames } from './names.ts'
