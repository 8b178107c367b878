import type { Either } from 'fp-ts/lib/Either.js'
import type { io } from 'proximal'
import { files } from 'proximal/node'
import { check, sure, type Same } from './same.js'

const storage = files('kept')
sure<Same<typeof storage, io.storage.Storage>>()
const read = await storage.read('nothing')
sure<Same<typeof read, Either<io.storage.StorageError, Uint8Array | null>>>()
check('nothing is there', read._tag === 'Right' && read.right === null)
