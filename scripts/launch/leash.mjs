// Loaded into the web server and the worker: they end when the launcher has ended, even if it was killed.
import { startedAt } from './process.mjs'

const launcher = Number(process.env.HINOMI_LAUNCHER_PID)
if (process.ppid === launcher) {
  if (process.channel) {
    process.on('disconnect', () => {
      // Both lead their own process group.
      const kill = () => process.kill(-process.pid, 'SIGKILL')
      // Before any other listener: flushing the log into a pipe without a reader may never return.
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
  // The launcher died while this process was starting. If it runs, this is a child of the web server: the launcher is the grandparent.
  process.exit(1)
}
