import 'server-only'

interface Waiter {
  readonly start: () => void
}

/** A bounded number of calls at once. Accounts take turns, so that one with many calls does not hold up the others. */
export class CallSlots {
  private free: number
  /** In the order in which accounts have their turn. */
  private readonly waiting = new Map<string, Waiter[]>()

  constructor(count: number) {
    this.free = count
  }

  /** Waits for a slot. Returns what frees it. Rejects with the reason of the signal if it is aborted before. */
  async take(account: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.free > 0) this.free -= 1
    else await this.turnOf(account, signal)
    let held = true
    return () => {
      if (held) this.release()
      held = false
    }
  }

  private turnOf(account: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.remove(account, waiter)
        reject(signal.reason)
      }
      const waiter = {
        start: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      const others = this.waiting.get(account)
      if (others) others.push(waiter)
      else this.waiting.set(account, [waiter])
    })
  }

  private release(): void {
    const [account, waiters] = this.waiting.entries().next().value ?? []
    const next = waiters?.shift()
    if (account === undefined || waiters === undefined || next === undefined) {
      this.free += 1
      return
    }
    this.waiting.delete(account)
    if (waiters.length > 0) this.waiting.set(account, waiters)
    next.start()
  }

  private remove(account: string, waiter: Waiter): void {
    const left = (this.waiting.get(account) ?? []).filter(each => each !== waiter)
    if (left.length > 0) this.waiting.set(account, left)
    else this.waiting.delete(account)
  }
}
