/** An import that has not ended, as those who look for the next one to run see it. */
export interface Unfinished {
  /** The accounts that it may write; null where they are not known: then it holds all. */
  accounts: readonly string[] | null
  /** A worker runs it. */
  runs: boolean
  /** After errors it lets others go first for a while. */
  aside: boolean
}

/**
 * Which imports may run now: those that share no account with one that runs or with an earlier one. So those that share an account run
 * in the order of their arrival, also through others between them.
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

  /** Whether the next import in order may run and is wanted. Otherwise it keeps its place before later ones. */
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
