/** The module that threads run. */
import type { Start } from './host.ts'
import { nodeStart } from './nodeStart.ts'
import { workInWeb } from './work.ts'
import { workInNode } from './workInNode.ts'

const scope = globalThis as {
  readonly addEventListener?: (
    type: 'message',
    listener: (event: { readonly data: Start }) => void,
  ) => void
}

const given = nodeStart()
if (given === null) scope.addEventListener?.('message', ({ data }) => void workInWeb(data))
else workInNode(given)
