// One of the web servers of web-group.mjs: runs the program, and answers the check for hanging processes.
import { pathToFileURL } from 'node:url'

process.on('message', message => {
  if (message === 'ping') process.send?.('pong', undefined, undefined, () => {})
})
process.argv.splice(1, 1)
const [, program = ''] = process.argv
await import(pathToFileURL(program).href)
