export { encodeOnnx as encode, type OnnxSource } from './encode.ts'
export { readMlps, type ImportedMlp } from './readMlps.ts'
