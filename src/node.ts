export { files } from './run/storage/files.ts'
export { nodeSha256 } from './run/nodeSha256.ts'
