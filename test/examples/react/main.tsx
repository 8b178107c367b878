/**
 * A React hook, `useTraining`, that trains in a worker: `page.tsx` shows two runs of CartPole side by side, one on one
 * thread and one on two. They end at the same link of their hash chain, to the bit. This program renders the
 * page on a server, where no effect runs, and says which link the page must come to by training the run here.
 */
import { io } from 'proximal'
import { renderToString } from 'react-dom/server'
import { App } from './App.js'
import { requests } from './request.js'

const html = renderToString(<App />)
console.log(html)
if (!html.includes('idle on 1 thread(s): nothing yet')) throw new Error('expected idle runs')

const [{ config }] = requests as readonly [(typeof requests)[number]]
const run = io.certify(config)
let next = run.next()
while (next.done !== true) next = run.next()
const link = next.value.chain.at(-1)!
for (const { threads } of requests) console.log(`done on ${threads} thread(s): ${link}`)
