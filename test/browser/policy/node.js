import { program } from './program.js'

process.stdout.write(JSON.stringify(await program()))
