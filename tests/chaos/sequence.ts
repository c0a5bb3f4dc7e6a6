import type { Api } from './api'
import { accounts, isSteady, type Report, reportsOf, resourceOf, type Size } from './reports'
import { ChaosError, until } from './wait'

/** Which sequence: what the reports are based on, how large they are, and how many changes are made beside those of one round. */
export interface Plan {
  base: Date
  size: Size
  changes: number
}

/** What the sequence is doing at the moment. */
export interface Doing {
  uploading: boolean
  changing: boolean
  /** States of the accepted imports that have not ended. */
  imports: Map<number, string>
}

/** On a busy machine many kills hit the same import before it gets further. */
const IMPORT_MS = 1_200_000
const STATUSES = ['acknowledged', 'in_progress', 'new']
const TEAMS = ['sre', 'csirt']
/** Exceptions end in far future days, so that none ends while a test runs. */
const DAY = 86_400_000

/**
 * Reports and people's changes in rounds. A round sends its reports one after the other while changes are made to findings that no
 * report touches, waits until all of them are imported, and then changes findings that the reports do touch. So what is stored after
 * a number of rounds follows from that number alone.
 */
export class Sequence {
  readonly doing: Doing = { uploading: false, changing: false, imports: new Map() }
  readonly #api: Api
  readonly #plan: Plan
  /** Ids of findings of Security Hub by the name of their resource. */
  #findings = new Map<string, string>()
  #rounds = 0

  constructor(api: Api, plan: Plan) {
    this.#api = api
    this.#plan = plan
  }

  get rounds(): number {
    return this.#rounds
  }

  async round(): Promise<void> {
    const { base, size } = this.#plan
    const reports = reportsOf(this.#rounds, base, size)
    const changing = this.#rounds > 0 ? this.#changeSteady() : Promise.resolve()
    await Promise.all([this.#send(reports), changing])
    if (this.#rounds === 0) await this.#learnFindings()
    await this.#changeReported()
    this.#rounds++
  }

  /** Sends the reports in their order, since a report that comes later is imported later, and waits for their imports. */
  async #send(reports: readonly Report[]): Promise<void> {
    const imports: Promise<void>[] = []
    for (const report of reports) {
      this.doing.uploading = true
      const id = await this.#api.upload(report)
      this.doing.uploading = false
      const done = this.#untilDone(id)
      // It is awaited below, unless a later upload fails before.
      done.catch(() => undefined)
      imports.push(done)
    }
    await Promise.all(imports)
  }

  async #untilDone(id: number): Promise<void> {
    this.doing.imports.set(id, 'queued')
    await until(`import ${id} is done`, IMPORT_MS, async () => {
      const { state } = await this.#api.import(id)
      if (state === 'failed') throw new ChaosError(`Import ${id} was accepted and failed`)
      this.doing.imports.set(id, state)
      return state === 'done' ? true : null
    })
    this.doing.imports.delete(id)
  }

  async #learnFindings(): Promise<void> {
    for (const account of accounts) {
      for (const { id, resourceId } of await this.#api.findings(account)) {
        const name = /chaos-\w+$/.exec(resourceId)?.[0]
        if (name) this.#findings.set(name, id)
      }
    }
  }

  /** Status, team, date, comments and exceptions of findings that the reports leave as they are. */
  async #changeSteady(): Promise<void> {
    this.doing.changing = true
    const steady = this.#known(isSteady)
    for (let n = 0; n < this.#plan.changes; n++) {
      const nth = this.#rounds * this.#plan.changes + n
      const id = steady[(nth * 7) % steady.length] ?? ''
      const comment = `Round ${this.#rounds}, change ${n}`
      if (n % 8 === 7) await this.#api.requestException(id, comment, dayAfter(this.#plan.base, 90))
      else await this.#api.change(id, { comment, ...changeOf(nth) })
    }
    this.doing.changing = false
  }

  /** Between the imports of two rounds. Never a status: a person's reopening counts from the time of the clock. */
  async #changeReported(): Promise<void> {
    this.doing.changing = true
    const reported = this.#known(n => !isSteady(n))
    for (let n = 0; n < 4; n++) {
      const nth = this.#rounds * 4 + n
      const id = reported[(nth * 3) % reported.length] ?? ''
      await this.#api.change(id, { comment: `After round ${this.#rounds}, change ${n}`, ...changeOf(1 + (nth % 4)) })
    }
    this.doing.changing = false
  }

  #known(kind: (n: number) => boolean): string[] {
    return Array.from({ length: this.#plan.size.securityHub }, (_, n) => n)
      .filter(kind)
      .flatMap(n => this.#findings.get(resourceOf(n)) ?? [])
  }
}

function changeOf(nth: number): Record<string, unknown> {
  const kinds = [
    { status: STATUSES[nth % STATUSES.length] },
    { team: TEAMS[nth % TEAMS.length], owner: null },
    { owner: 'admin@example.com' },
    { dueAt: `2099-01-${String(1 + (nth % 28)).padStart(2, '0')}` },
    {},
  ]
  return kinds[nth % kinds.length] ?? {}
}

function dayAfter(base: Date, days: number): string {
  return new Date(base.getTime() + days * DAY).toISOString().slice(0, 10)
}
