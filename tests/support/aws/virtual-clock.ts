import type { Clock } from '../../../lib/aws/call/rate'

/** A clock whose sleepers wake in the order of their times, without waiting: time passes when nothing else is left to do. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): Clock {
  let time = start
  const sleepers: { at: number; wake: () => void }[] = []
  let planned = false

  function plan() {
    if (planned || sleepers.length === 0) return
    planned = true
    setImmediate(() => {
      planned = false
      sleepers.sort((a, b) => a.at - b.at)
      const next = sleepers.shift()
      if (next) {
        time = Math.max(time, next.at)
        next.wake()
      }
      plan()
    })
  }

  return {
    now: () => time,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const stop = () => reject(signal.reason)
        const wake = () => {
          signal.removeEventListener('abort', stop)
          resolve()
        }
        signal.addEventListener('abort', stop, { once: true })
        sleepers.push({ at: time + milliseconds, wake })
        plan()
      }),
  }
}
