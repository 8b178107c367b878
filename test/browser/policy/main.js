import { program } from './program.js'

const refused = []
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  refused.push(`${violatedDirective}: ${blockedURI}`),
)
try {
  globalThis.found = await program()
} catch (error) {
  globalThis.found = String(error)
}
// Reports of what was refused come as tasks of their own.
await new Promise((resolve) => setTimeout(resolve, 100))
globalThis.refused = refused
document.title = 'done'
