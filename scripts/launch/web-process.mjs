// One of several web servers of web-group.mjs: the program, and an answer to those who ask whether it hangs.
import { pathToFileURL } from 'node:url'

process.on('message', message => {
  if (message === 'ping') process.send?.('pong', undefined, undefined, () => {})
})
process.argv.splice(1, 1)
const [, program = ''] = process.argv
await import(pathToFileURL(program).href)
