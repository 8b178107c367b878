export { firstNames, type FirstNames } from './names.ts'
export { clausesOf, sentimentOf, speeches, type ClauseOptions, type Speeches } from './speeches.ts'
