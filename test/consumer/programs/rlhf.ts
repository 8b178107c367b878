import { rlhf } from 'proximal'
import * as alone from 'proximal/rlhf'
import { check, sure, type Same } from './same.js'

sure<Same<typeof alone.fineTuneConfig, typeof rlhf.fineTuneConfig>>()
check(
  'the entry has what the namespace has',
  Object.keys(alone).length === Object.keys(rlhf).length,
)
