import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { commands } from '../../src/cli/commands.ts'
import { version } from '../../src/run/version.ts'

const FOLDER = 'src/distributed/deploy'
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

const documentsOf = (name: string): readonly unknown[] =>
  parseAllDocuments(read(name), { strict: true, uniqueKeys: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([])
    return document.toJS() as unknown
  })

/** Every text in a value. */
const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : []

describe('the files of a deployment', () => {
  test('are shipped with the package', () => {
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly files: readonly string[]
    }
    expect(files).toContain(FOLDER)
  })

  test('for Kubernetes are Redis, its service, workers, a learner and its volume', () => {
    const all = documentsOf('kubernetes.yaml') as ReadonlyArray<{
      readonly kind: string
      readonly metadata: { readonly name: string }
    }>
    expect(all.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).toEqual([
      'Deployment proximal-redis',
      'Service proximal-redis',
      'Deployment proximal-worker',
      'PersistentVolumeClaim proximal-runs',
      'Job proximal-learner',
    ])
    for (const text of all.flatMap(textsIn))
      if (text.startsWith('proximal:')) expect(text).toBe(`proximal:${version}`)
  })

  test('select the pods that they make', () => {
    const all = documentsOf('kubernetes.yaml') as ReadonlyArray<{
      readonly kind: string
      readonly spec: {
        readonly selector: { readonly matchLabels: object }
        readonly template: { readonly metadata: { readonly labels: object } }
      }
    }>
    const made = all.filter(({ kind }) => kind === 'Deployment')
    expect(made.map(({ spec }) => spec.template.metadata.labels)).toEqual(
      made.map(({ spec }) => spec.selector.matchLabels),
    )
  })

  test('for Docker have the same three parts', () => {
    const [compose] = documentsOf('compose.yaml') as ReadonlyArray<{ readonly services: object }>
    expect(Object.keys(compose!.services)).toEqual(['redis', 'worker', 'learner'])
  })

  test('hold no password, and none in an argument', () => {
    for (const name of readdirSync(FOLDER)) expect(read(name)).not.toMatch(/rediss?:\/\/\w*:\w/)
    expect(read('users.acl').match(/>\S+/g)).toEqual(['>CHANGE-ME-LEARNER', '>CHANGE-ME-WORKER'])
  })

  test('call commands that there are', () => {
    const called = readdirSync(FOLDER)
      .filter((name) => !name.endsWith('.md'))
      .flatMap((name) => [...read(name).matchAll(/(?:exec|env) proximal (\w+)/g)])
      .map(([, command]) => command!)
    expect(new Set(called)).toEqual(new Set(['train', 'worker']))
    expect(Object.keys(commands)).toEqual(expect.arrayContaining(called))
  })

  test.each(['proximal-worker@.service', 'proximal-learner@.service'])(
    '%s is a unit of systemd that starts again',
    (name) => {
      const sections = read(name).match(/^\[\w+\]$/gm)
      expect(sections).toEqual(['[Unit]', '[Service]', '[Install]'])
      for (const line of read(name).split('\n'))
        expect(line).toMatch(/^(#.*|\[\w+\]|[A-Z]\w+=\S.*|)$/)
      expect(read(name)).toMatch(/^Restart=/m)
    },
  )
})
