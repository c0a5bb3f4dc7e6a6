// Runs a program only while the launcher runs: one that outlives it would disturb the next start.
import { spawn } from 'node:child_process'

const { command, args, options } = JSON.parse(process.argv[2] ?? '')
// This process leads its own process group, which contains the program and all processes that it starts.
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
  // This process ends in the same way as the program.
  process.removeListener('SIGTERM', end)
  process.kill(process.pid, signal)
})
