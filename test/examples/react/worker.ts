import { serve, training } from 'proximal/worker'

serve(training().handlers)
