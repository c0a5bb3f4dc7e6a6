/** The result of one control in one Region of one account, as a report states it. */
export interface Statement {
  account: string
  feed: 'hub' | 'inspector' | 'prowler'
  region: string
  control: string
  says: 'low' | 'high' | 'passed' | 'not_available' | 'archived' | 'suppressed'
}

interface Known extends Statement {
  present: boolean
  seen: number
  /** The time at which a report proved that it no longer exists. */
  gone: number
}

/** The state of one feed in one account. */
interface Feed {
  sendsPasses: boolean
  /** Pairs of the last wide complete report. */
  reference: Set<string> | null
  completeAt: number
  /** The time of the last complete report for a pair, service or Region. */
  looked: Map<string, number>
  /** The same by Region, for a feed that is complete per Region. */
  regionAt: Map<string, number>
}

export interface ModelFinding {
  status: string
  reason: string | null
  severity: number
  sources: string[]
  reopened: number
  closedAt: number | null
}

/** A problem that was first reported after it had ended. */
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

const pairOf = ({ control, region }: Pick<Statement, 'control' | 'region'>) => `${control}/${region}`
const serviceOf = ({ control }: Pick<Statement, 'control'>) => control.split('.')[0] ?? ''
export const findingKey = ({ account, region, control }: Pick<Statement, 'account' | 'region' | 'control'>) =>
  `${account}/${region}/${control}`

/** The lifecycle without a database, batches or hashes: small enough to verify by reading. Times are numbers. */
export class Model {
  readonly findings = new Map<string, ModelFinding>()
  readonly #known = new Map<string, Known>()
  readonly #feeds = new Map<string, Feed>()

  closeByHand(key: string, when: number): void {
    const finding = this.findings.get(key)
    if (!finding || finding.status === 'resolved' || finding.status === 'suppressed') return
    Object.assign(finding, { status: 'resolved', reason: 'hand', closedAt: when })
  }

  /** `named` is the Region that the sender of a complete report names. */
  take(statements: readonly Statement[], when: number, complete: boolean, named: string | null = null): void {
    const report = withoutTwins(statements)
    const written = new Map<string, Known[]>()
    const failing = new Set<string>()
    const past = new Set<string>()
    for (const [key, statement] of report) {
      const { says } = statement
      const known = this.#known.get(key)
      const late = this.#isLate(statement, when)
      const finding = findingKey(statement)
      if (known && (when < known.seen || when < known.gone || late)) {
        if (fails(says) && known.says === 'passed') past.add(finding)
        continue
      }
      if (known?.present && (fails(known.says) || known.says === 'suppressed') && says === 'not_available') continue
      if (fails(says)) failing.add(finding)
      if (known?.present && known.says === says) {
        if (!complete) known.seen = when
        continue
      }
      const now = { ...statement, present: !late, seen: when, gone: 0 }
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
    // Taken from the report before it resolves findings. A pass counts even if a duplicate record reports a problem.
    const passes = statements.filter(({ says }) => says === 'passed')
    for (const { account, feed } of passes) this.#feed(account, feed).sendsPasses = true
    const passing = new Set(passes.map(({ account, feed }) => `${account}/${feed}`))
    if (complete) this.#close(statements, passing, when, named)
  }

  #feed(account: string, feed: string): Feed {
    const key = `${account}/${feed}`
    const known = this.#feeds.get(key)
    if (known) return known
    const fresh = { sendsPasses: false, reference: null, completeAt: 0, looked: new Map(), regionAt: new Map() }
    this.#feeds.set(key, fresh)
    return fresh
  }

  /** Whether a newer complete report covered the same pair, service or Region. */
  #isLate(statement: Pick<Statement, 'account' | 'feed' | 'region' | 'control'>, when: number): boolean {
    const { looked, regionAt } = this.#feed(statement.account, statement.feed)
    if (statement.feed === 'inspector') return when < (regionAt.get(statement.region) ?? 0)
    const asked = [pairOf(statement), `service ${serviceOf(statement)}`, `region ${statement.region}`]
    return asked.some(each => when < (looked.get(each) ?? 0))
  }

  #close(all: readonly Statement[], passing: ReadonlySet<string>, when: number, named: string | null): void {
    const report = withoutTwins(all)
    for (const scope of new Set(all.map(({ account, feed }) => `${account}/${feed}`))) {
      const own = all.filter(({ account, feed }) => `${account}/${feed}` === scope)
      const [first] = own
      if (!first) continue
      const beside = all.filter(
        ({ account, feed }) => account === first.account && SOURCES[feed] === SOURCES[first.feed],
      )
      const regions = new Set([...beside.map(({ region }) => region), ...(named ? [named] : [])])
      const feed = this.#feed(first.account, first.feed)
      const judged = own.filter(({ says }) => says !== 'not_available')
      const pairs = new Set(judged.map(pairOf))
      const failed = new Set(own.filter(({ says }) => fails(says)).map(pairOf))
      const services = new Set(judged.map(serviceOf))
      const passed = passing.has(scope)
      const covered = [...(feed.reference ?? [])].filter(pair => pairs.has(pair)).length
      const wide = feed.reference !== null && covered >= 0.9 * feed.reference.size
      const byRegion = first.feed === 'inspector' || !feed.sendsPasses
      const proves = (known: Known) => {
        if (byRegion) return regions.has(known.region)
        if (!passed) return failed.has(pairOf(known))
        return pairs.has(pairOf(known)) || (wide && services.has(serviceOf(known)))
      }
      for (const [key, known] of this.#known) {
        const concerned = `${known.account}/${known.feed}` === scope && known.present && known.seen <= when
        if (!concerned || report.has(key) || this.#isLate(known, when) || !proves(known)) continue
        Object.assign(known, { present: false, gone: when })
        this.#settle(findingKey(known), when, new Set())
      }
      if (first.feed === 'inspector') {
        for (const region of regions) feed.regionAt.set(region, Math.max(when, feed.regionAt.get(region) ?? 0))
      } else {
        const looked = [...pairs]
        if (wide) for (const service of services) looked.push(`service ${service}`)
        if (!feed.sendsPasses) for (const region of regions) looked.push(`region ${region}`)
        for (const each of looked) feed.looked.set(each, Math.max(when, feed.looked.get(each) ?? 0))
        if (when >= feed.completeAt && pairs.size > 0 && (wide || !feed.reference)) feed.reference = pairs
        feed.completeAt = Math.max(when, feed.completeAt)
      }
    }
  }

  #sightings(finding: string): Known[] {
    return [...this.#known.values()].filter(known => findingKey(known) === finding)
  }

  #create(finding: string, written: readonly Known[]): void {
    const told = written.filter(({ says }) => fails(says) || says === 'archived' || says === 'suppressed')
    if (told.length === 0) return
    const open = told.filter(({ says, present }) => present && fails(says))
    const hidden = isHidden(told)
    this.findings.set(finding, {
      status: open.length > 0 ? 'new' : hidden ? 'suppressed' : 'resolved',
      reason: open.length > 0 || hidden ? null : reasonOf(told),
      severity: hidden && open.length === 0 ? 3 : severityOf(open),
      sources: sourcesOf(open.length > 0 ? open : hidden ? told.filter(each => isHidden([each])) : []),
      reopened: 0,
      closedAt: null,
    })
  }

  #settle(key: string, when: number, failing: ReadonlySet<string>): void {
    const finding = this.findings.get(key)
    if (!finding) return
    const sightings = this.#sightings(key)
    const open = sightings.filter(({ says, present }) => present && fails(says))
    if (open.length === 0 && isHidden(sightings)) {
      if (finding.reason === 'hand') return
      const sources = sourcesOf(sightings.filter(each => isHidden([each])))
      Object.assign(finding, { status: 'suppressed', reason: null, closedAt: null, sources, severity: 3 })
      return
    }
    if (open.length === 0) {
      if (finding.status === 'resolved') return
      Object.assign(finding, { status: 'resolved', reason: reasonOf(sightings), closedAt: when })
      return
    }
    if (finding.status === 'suppressed') Object.assign(finding, { status: 'new' })
    if (finding.status === 'resolved') {
      if (finding.reason === 'hand' && (!failing.has(key) || when <= (finding.closedAt ?? 0))) return
      Object.assign(finding, { status: 'new', reason: null, closedAt: null, reopened: finding.reopened + 1 })
    }
    Object.assign(finding, { severity: severityOf(open), sources: sourcesOf(open) })
  }
}

/** Records of one report have the same time: of duplicates the first problem counts, or else the first record. */
function withoutTwins(statements: readonly Statement[]): Map<string, Statement> {
  const report = new Map<string, Statement>()
  for (const statement of statements) {
    const key = `${findingKey(statement)}/${statement.feed}`
    const first = report.get(key)
    if (!first || (!fails(first.says) && fails(statement.says))) report.set(key, statement)
  }
  return report
}

/** Whether a source reports the problem and suppresses it. */
function isHidden(sightings: readonly Known[]): boolean {
  return sightings.some(({ says, present }) => present && says === 'suppressed')
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
