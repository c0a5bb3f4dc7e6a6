/** What a report says of one control in one account. */
export interface Statement {
  account: string
  feed: 'hub' | 'inspector' | 'prowler'
  control: string
  says: 'low' | 'high' | 'passed' | 'not_available' | 'archived' | 'suppressed'
}

interface Known {
  account: string
  feed: string
  control: string
  says: Statement['says']
  present: boolean
  seen: number
}

export interface ModelFinding {
  status: string
  reason: string | null
  severity: number
  sources: string[]
  reopened: number
  closedAt: number | null
}

/** A problem of which nobody was told while it was one. */
const over: ModelFinding = {
  status: 'resolved',
  reason: 'passed',
  severity: 0,
  sources: [],
  reopened: 0,
  closedAt: null,
}

const SOURCES = { hub: 'security-hub', inspector: 'security-hub', prowler: 'prowler' } as const
const fails = (says: Statement['says']) => says === 'low' || says === 'high'

/** The lifecycle without a database, batches or hashes: small enough to be right at a glance. Times are numbers. */
export class Model {
  readonly findings = new Map<string, ModelFinding>()
  readonly #known = new Map<string, Known>()
  readonly #completeAt = new Map<string, number>()

  closeByHand(key: string, when: number): void {
    const finding = this.findings.get(key)
    if (!finding || finding.status === 'resolved') return
    Object.assign(finding, { status: 'resolved', reason: 'hand', closedAt: when })
  }

  take(statements: readonly Statement[], when: number, complete: boolean): void {
    const report = withoutTwins(statements)
    const written = new Map<string, Known[]>()
    const failing = new Set<string>()
    const past = new Set<string>()
    for (const [key, { account, feed, control, says }] of report) {
      const known = this.#known.get(key)
      const confirmed = this.#completeAt.get(`${account}/${feed}`) ?? 0
      const finding = `${account}/${control}`
      if (known && (when < known.seen || when < confirmed)) {
        if (fails(says) && known.says === 'passed') past.add(finding)
        continue
      }
      if (known?.present && fails(known.says) && says === 'not_available') continue
      if (fails(says)) failing.add(finding)
      if (known?.present && known.says === says) {
        if (!complete) known.seen = when
        continue
      }
      const now = { account, feed, control, says, present: when >= confirmed, seen: when }
      this.#known.set(key, now)
      written.set(finding, [...(written.get(finding) ?? []), now])
    }
    for (const [finding, sightings] of written) {
      if (this.findings.has(finding)) this.#settle(finding, when, failing)
      else this.#create(finding, sightings)
    }
    for (const finding of past) if (!this.findings.has(finding)) this.findings.set(finding, { ...over })
    for (const finding of failing)
      if (this.findings.get(finding)?.reason === 'hand') this.#settle(finding, when, failing)
    if (complete) this.#close(report, when)
  }

  #close(report: Map<string, Statement>, when: number): void {
    for (const scope of new Set([...report.values()].map(({ account, feed }) => `${account}/${feed}`))) {
      if (when < (this.#completeAt.get(scope) ?? 0)) continue
      this.#completeAt.set(scope, when)
      for (const [key, known] of this.#known) {
        if (`${known.account}/${known.feed}` !== scope || report.has(key) || known.seen > when || !known.present)
          continue
        known.present = false
        this.#settle(`${known.account}/${known.control}`, when, new Set())
      }
    }
  }

  #sightings(finding: string): Known[] {
    return [...this.#known.values()].filter(known => `${known.account}/${known.control}` === finding)
  }

  #create(finding: string, written: readonly Known[]): void {
    const told = written.filter(({ says }) => fails(says) || says === 'archived' || says === 'suppressed')
    if (told.length === 0) return
    const open = told.filter(({ says, present }) => present && fails(says))
    this.findings.set(finding, {
      status: open.length > 0 ? 'new' : 'resolved',
      reason: open.length > 0 ? null : reasonOf(told),
      severity: severityOf(open),
      sources: sourcesOf(open),
      reopened: 0,
      closedAt: null,
    })
  }

  #settle(key: string, when: number, failing: ReadonlySet<string>): void {
    const finding = this.findings.get(key)
    if (!finding) return
    const sightings = this.#sightings(key)
    const open = sightings.filter(({ says, present }) => present && fails(says))
    if (open.length === 0) {
      if (finding.status === 'resolved') return
      Object.assign(finding, { status: 'resolved', reason: reasonOf(sightings), closedAt: when })
      return
    }
    if (finding.status === 'resolved') {
      if (finding.reason === 'hand' && (!failing.has(key) || when <= (finding.closedAt ?? 0))) return
      Object.assign(finding, { status: 'new', reason: null, closedAt: null, reopened: finding.reopened + 1 })
    }
    Object.assign(finding, { severity: severityOf(open), sources: sourcesOf(open) })
  }
}

/** Records of one report have one time: of twins the first problem counts, else the first. */
function withoutTwins(statements: readonly Statement[]): Map<string, Statement> {
  const report = new Map<string, Statement>()
  for (const statement of statements) {
    const key = `${statement.account}/${statement.feed}/${statement.control}`
    const first = report.get(key)
    if (!first || (!fails(first.says) && fails(statement.says))) report.set(key, statement)
  }
  return report
}

function reasonOf(sightings: readonly Known[]): string {
  const said = new Set(sightings.filter(({ present }) => present).map(({ says }) => says))
  return (['suppressed', 'archived', 'passed'] as const).find(says => said.has(says)) ?? 'absent'
}

function severityOf(open: readonly Known[]): number {
  return open.some(({ says }) => says === 'high') ? 4 : 2
}

function sourcesOf(open: readonly Known[]): string[] {
  return [...new Set(open.map(({ feed }) => SOURCES[feed as Statement['feed']]))].sort()
}
