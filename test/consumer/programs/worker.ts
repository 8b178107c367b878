// What `{ worker }` of threadedParts names: only threads run it.
import 'proximal/worker'
