import { fits, type Scope } from './scope'

/** What happens to a call instead of its answer, or to its answer. */
export type Fault =
  | { kind: 'throttle' | 'server-error' | 'expired-token' }
  /** The connection stays open without an answer. */
  | { kind: 'timeout' }
  /** The connection ends in the middle of the body. */
  | { kind: 'cut' }
  | { kind: 'slow'; ms: number }
  /** The first page is empty and has a token for the next one. */
  | { kind: 'empty-page' }
  /** Every page is empty and has the same token. */
  | { kind: 'repeated-token' }
  | { kind: 'error'; code: string; message: string; status?: number }

export interface FaultRule extends Scope {
  fault: Fault
  /** How often it happens; without it always. */
  times?: number
  /** Only every nth of the calls that fit. */
  every?: number
}

interface Planned extends FaultRule {
  seen: number
  happened: number
}

export class Faults {
  #planned: Planned[] = []

  /** Returns a function that removes it. */
  add(rule: FaultRule): () => void {
    const planned = { ...rule, seen: 0, happened: 0 }
    this.#planned.push(planned)
    return () => {
      this.#planned = this.#planned.filter(other => other !== planned)
    }
  }

  /** The faults of a call, which are thereby used up. */
  take(call: Required<Scope>): Fault[] {
    return this.#planned.filter(planned => fits(planned, call) && isDue(planned)).map(({ fault }) => fault)
  }

  clear(): void {
    this.#planned = []
  }
}

function isDue(planned: Planned): boolean {
  planned.seen += 1
  if (planned.happened >= (planned.times ?? Number.POSITIVE_INFINITY)) return false
  if (planned.seen % (planned.every ?? 1) !== 0) return false
  planned.happened += 1
  return true
}
