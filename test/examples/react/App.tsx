import type { StartRequest } from 'proximal/worker'
import { requests } from './request.js'
import { useTraining } from './useTraining.js'

const Run = ({ request }: { readonly request: StartRequest }) => {
  const { phase, update, updates, threads, link, problem } = useTraining(request)
  return (
    <p>
      <progress value={update} max={updates || 1} />{' '}
      <output className={phase}>
        {`${phase} on ${threads} thread(s): ${problem ?? (link || 'nothing yet')}`}
      </output>
    </p>
  )
}

export const App = () => requests.map((request) => <Run key={request.threads} request={request} />)
