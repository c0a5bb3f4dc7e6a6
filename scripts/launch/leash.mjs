// Loaded into the web server and the worker: when the launcher is gone, even killed, they end too.
import { startedAt } from './process.mjs'

const launcher = Number(process.env.HINOMI_LAUNCHER_PID)
if (process.ppid === launcher) {
  if (process.channel) {
    process.on('disconnect', () => {
      // Both lead a process group of their own.
      const kill = () => process.kill(-process.pid, 'SIGKILL')
      // Before any other listener: flushing the log into a pipe that nobody reads any more may never return.
      process.prependListener('exit', kill)
      setTimeout(kill, 10_000).unref()
      process.kill(-process.pid, 'SIGTERM')
    })
    process.on('message', message => {
      if (message === 'ping') process.send?.('pong', undefined, undefined, () => {})
    })
    process.channel.unref()
  }
} else if (launcher && startedAt(launcher) === null) {
  // It died while this process was starting. A living one is the parent's parent: this was loaded into a child of the web server.
  process.exit(1)
}
