import { balance } from './balance.js'

const response = await fetch('policy.safetensors')
const file = new Uint8Array(await response.arrayBuffer())
document.querySelector('output')!.textContent = balance(file, 1)
document.title = 'done'
