/** An import that has not ended, for the choice of the next one. */
export interface Unfinished {
  /** The accounts that it may write; null if they are not known, in which case it holds all. */
  accounts: readonly string[] | null
  /** Whether a worker runs it. */
  runs: boolean
  /** Whether it waits after errors, so that others run first. */
  aside: boolean
}

/**
 * The imports that may run now: those that share no account with a running or an earlier one. Imports that share an
 * account therefore run in the order of their arrival, also through others between them.
 */
export class Lanes {
  readonly #held = new Set<string>()
  #holders = 0
  #full = false

  constructor(running: Iterable<Pick<Unfinished, 'accounts'>>) {
    for (const { accounts } of running) this.#hold(accounts)
  }

  /** Whether an import holds every account: no later one may run. */
  get full(): boolean {
    return this.#full
  }

  /** Whether the next import in order may run and is wanted. If not, later ones still wait for it. */
  take({ accounts, runs, aside }: Unfinished, wanted: boolean): boolean {
    if (runs) return false
    if (wanted && this.#isFree(accounts)) return true
    if (!aside) this.#hold(accounts)
    return false
  }

  #isFree(accounts: readonly string[] | null): boolean {
    if (accounts === null) return this.#holders === 0
    return !this.#full && !accounts.some(id => this.#held.has(id))
  }

  #hold(accounts: readonly string[] | null): void {
    this.#holders++
    if (accounts === null) this.#full = true
    else for (const id of accounts) this.#held.add(id)
  }
}
