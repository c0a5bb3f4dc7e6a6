// Runs a program for as long as the launcher lives: a second one beside it would keep the next start from working.
import { spawn } from 'node:child_process'

const { command, args, options } = JSON.parse(process.argv[2] ?? '')
// This process leads a group of its own, in which the program and all that it starts are.
const end = () => process.kill(-process.pid, 'SIGKILL')
process.once('disconnect', end)
process.once('SIGTERM', end)
const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
child.once('error', error => {
  console.error(error.message)
  process.exit(127)
})
child.once('exit', (code, signal) => {
  if (!signal) process.exit(code ?? 1)
  // Its end becomes this one's.
  process.removeListener('SIGTERM', end)
  process.kill(process.pid, signal)
})
