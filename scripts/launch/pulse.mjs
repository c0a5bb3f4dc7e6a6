import { say } from './report.mjs'

const ASK_EVERY_MS = 10_000

/**
 * Kills a child that does not answer for a long time. In the child, leash.mjs answers.
 * @param {string} name
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} hangsAfterMs
 * @param {() => void} end
 */
export function watchPulse(name, child, hangsAfterMs, end) {
  const everyMs = Math.min(ASK_EVERY_MS, hangsAfterMs / 4)
  let silentMs = 0
  let asked = Date.now()
  child.on('message', message => {
    if (message === 'pong') silentMs = 0
  })
  const timer = setInterval(() => {
    // After this machine was suspended, a long time has passed for the launcher but not for the child.
    silentMs += Math.min(Date.now() - asked, 2 * everyMs)
    asked = Date.now()
    if (silentMs > hangsAfterMs) {
      clearInterval(timer)
      say(`The ${name} has not responded for ${Math.round(silentMs / 1000)} s; stopping it.`)
      end()
    } else if (child.connected) child.send('ping', () => {})
  }, everyMs)
  child.once('exit', () => clearInterval(timer))
}
