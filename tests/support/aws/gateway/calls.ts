import { fits, type Scope } from './scope'

export interface CallCount extends Required<Scope> {
  calls: number
  throttled: number
  /** Calls above the published limits, whether or not they were refused. */
  overLimit: number
}

/** Counts calls by account, Region, service and operation. */
export class CallCounts {
  readonly #counts = new Map<string, CallCount>()

  add(call: Required<Scope>, what: 'calls' | 'throttled' | 'overLimit' = 'calls'): void {
    const { account, region, service, operation } = call
    const key = `${account} ${region} ${service} ${operation}`
    const count = this.#counts.get(key) ?? { account, region, service, operation, calls: 0, throttled: 0, overLimit: 0 }
    count[what] += 1
    this.#counts.set(key, count)
  }

  rows(scope: Scope = {}): CallCount[] {
    return [...this.#counts.values()].filter(count => fits(scope, count))
  }

  total(scope: Scope = {}, what: 'calls' | 'throttled' | 'overLimit' = 'calls'): number {
    return this.rows(scope).reduce((sum, count) => sum + count[what], 0)
  }

  clear(): void {
    this.#counts.clear()
  }
}
