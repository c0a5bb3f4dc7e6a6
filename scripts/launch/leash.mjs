// Loaded into the web server and the worker: when the launcher is gone, even killed, they end too.
if (process.channel && process.ppid === Number(process.env.HINOMI_LAUNCHER_PID)) {
  process.on('disconnect', () => {
    // Both lead a process group of their own.
    process.kill(-process.pid, 'SIGTERM')
    setTimeout(() => process.kill(-process.pid, 'SIGKILL'), 10_000).unref()
  })
  process.channel.unref()
}
