import { jobAccess } from '../../lib/access/job'
import type { Access } from '../../lib/access/proof'
import { setClock } from '../../lib/clock'
import { pool } from '../../lib/db'
import type { FindingId } from '../../lib/domain/findings/filter'
import type { Coverage, ImportOrigin } from '../../lib/domain/imports/import'
import type { Team } from '../../lib/domain/people/team'
import { dayOf } from '../../lib/domain/policies/due'
import { env } from '../../lib/env'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { listTeams } from '../../lib/queries/teams/teams'
import { registerAccount } from '../../lib/store/accounts/accounts'
import { countFlow, takeSnapshots } from '../../lib/store/counts/snapshots'
import { markOverdue } from '../../lib/store/findings/overdue'
import { addComment, assignFindings, setDueAt, setStatus, setTeam } from '../../lib/store/findings/triage'
import { setVerdict } from '../../lib/store/findings/verdict'
import { advisorReports, openSources } from './attention'
import { DemoConnection } from './connection'
import { excepted, uncovered } from './exceptions'
import { iamReport, runDemoChecks } from './iam'
import { accessReport, inspectorReport } from './native-reports'
import { accounts } from './organisation'
import { admitPeople, collectorAccess, type Person } from './people'
import { type Action, planWork } from './plan'
import { brokenReport, narrowReport, prowlerReport, type ReportTime, securityHubReport } from './reports'
import { publishStandard } from './standard'
import { type Watch, watches } from './world'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** The reports of a day are dated this long before the hour of the start, so that today's are in the past too. */
const BEFORE = 4 * 60 * MINUTE
const SILENT_DAYS = 12
const PROWLER_EVERY = 3
const IAM_EVERY = 4
/** The account with the most findings: its last report lacks so many of them that the closings wait for a lead. */
const BUSIEST = '111122223333'

export interface FillOptions {
  /** Days of history, today included. */
  days: number
  /** The end of the history. */
  end: Date
  onDay?: (done: number) => void
}

/**
 * Fills an empty database with the sample organization, through the import pipeline and the functions behind the pages.
 * Every run creates the same findings with the same ids; only their dates follow `end`.
 */
export async function fillDemo(options: FillOptions): Promise<void> {
  try {
    await new Filling(options).run()
    // The made-up history is older than its rows: their arrival in the database has no meaning.
    await pool().query('UPDATE chain_pending SET entered = NULL')
  } finally {
    setClock()
  }
}

class Filling {
  readonly #days: number
  readonly #end: Date
  readonly #onDay: (done: number) => void
  readonly #watches: Watch[]
  #people = new Map<string, Person>()

  constructor({ days, end, onDay }: FillOptions) {
    this.#days = days
    this.#end = end
    this.#onDay = onDay ?? (() => undefined)
    this.#watches = watches(days)
  }

  async run(): Promise<void> {
    setTime(this.#instantOf(0).getTime() - 60 * MINUTE)
    const people = await admitPeople()
    this.#people = new Map(people.map(person => [person.email, person]))
    const admin = this.#person('admin@demo.example')
    const hub = await collectorAccess(admin, 'security-hub-collector')
    const prowler = await collectorAccess(admin, 'prowler-nightly')
    for (const { id, name, environment, ownerTeam, tags } of accounts) {
      if (name) await registerAccount(admin.access, { id, name, environment, ownerTeam, tags })
    }
    await publishStandard(admin.access)
    const connection = await DemoConnection.add(admin.access)
    const teams = await listTeams(admin.access)
    const actions = grouped(this.#plan(teams), action => action.day)
    for (let day = 0; day < this.#days; day++) {
      await this.#reports(day, hub, prowler)
      if (day === 0 || day === this.#days - 1) await this.#collected(this.#instantOf(day), connection)
      await this.#work(day, actions.get(day) ?? [])
      setTime(this.#instantOf(day).getTime() + 208 * MINUTE)
      const accessOf = (email: string) => this.#person(email).access
      const readers = { admin: admin.access, csirt: accessOf('csirt@demo.example'), sre: accessOf('sre@demo.example') }
      await openSources({ day, days: this.#days }, readers)
      await excepted(day, { days: this.#days, end: this.#end, accessOf })
      const evening = setTime(this.#instantOf(day).getTime() + 210 * MINUTE)
      while ((await markOverdue(jobAccess('mark-overdue'))) > 0);
      await takeSnapshots(jobAccess('snapshot'), null, evening, env().HINOMI_TIME_ZONE)
      await countFlow(jobAccess('snapshot'), null, { from: evening, to: evening }, env().HINOMI_TIME_ZONE)
      this.#onDay(day + 1)
    }
  }

  #plan(teams: readonly Team[]): Action[] {
    return planWork(this.#watches, teams, {
      days: this.#days,
      instantOf: day => this.#instantOf(day),
      reportedOn: (watch, day) => watch.about.tool !== 'prowler' || this.#prowlerRuns(watch.account, day),
    })
  }

  #instantOf(day: number): Date {
    return new Date(this.#end.getTime() - BEFORE - (this.#days - 1 - day) * DAY)
  }

  #prowlerRuns({ prowler }: Watch['account'], day: number): boolean {
    const silentFrom = this.#days - 1 - Math.min(SILENT_DAYS, Math.floor(this.#days / 3))
    const last = prowler === 'fell silent' ? silentFrom : this.#days - 1
    return prowler !== 'no' && day <= last && (last - day) % PROWLER_EVERY === 0
  }

  async #reports(day: number, hub: Access<'imports:write'>, prowler: Access<'imports:write'>): Promise<void> {
    const at = this.#instantOf(day)
    const time: ReportTime = { day, at, instantOf: other => this.#instantOf(other) }
    const date = dayOf(at, env().HINOMI_TIME_ZONE)
    const whole = { coverage: 'complete', at } as const
    setTime(at.getTime() + 2 * MINUTE)
    await send(hub, securityHubReport(this.#watches, time), {
      ...whole,
      origin: 'api',
      fileName: `securityhub-${date}.json`,
    })
    for (const account of accounts.filter(one => this.#prowlerRuns(one, day))) {
      const fileName = `prowler-output-${account.id}-${date}.ocsf.json`
      await send(prowler, prowlerReport(account.id, this.#watches, time), { ...whole, origin: 'command', fileName })
    }
    for (const { account, report } of advisorReports({ day, days: this.#days, at })) {
      await send(hub, report, { ...whole, origin: 'api', fileName: `trusted-advisor-${account}-${date}.ndjson` })
    }
    if (day % IAM_EVERY === 0 || day === this.#days - 1) await this.#keys(day, hub, at, date)
    if (day === this.#days - 1) {
      const sender = this.#person('sre@demo.example').access
      const native = { coverage: 'partial', at, origin: 'browser' } as const
      await send(sender, inspectorReport(this.#watches, time), { ...native, fileName: `inspector-images-${date}.json` })
      await send(sender, accessReport(time), { ...native, fileName: `access-analyzer-${date}.json` })
      const later = new Date(at.getTime() + 20 * MINUTE)
      setTime(later.getTime() + MINUTE)
      const report = narrowReport(BUSIEST, this.#watches, time)
      await send(hub, report, { ...whole, at: later, origin: 'api', fileName: `securityhub-${BUSIEST}-${date}.json` })
    }
    if (day === Math.floor(this.#days * 0.75)) {
      const sender = this.#person('ito@demo.example').access
      const report = brokenReport(time, this.#watches)
      const part = { coverage: 'partial', at, origin: 'browser' } as const
      await send(sender, report, { ...part, fileName: 'findings-export-edited.json' })
      await send(sender, report.slice(0, 9_000), { ...part, fileName: 'findings-export-cut.json' })
    }
  }

  /** Access keys and roles, as the collector of IAM writes them. */
  async #keys(day: number, hub: Access<'imports:write'>, at: Date, date: string): Promise<void> {
    setTime(at.getTime() + 10 * MINUTE)
    const report = iamReport({ day, days: this.#days, at })
    await send(hub, report, { coverage: 'complete', at, origin: 'api', fileName: `iam-${date}.ndjson` })
  }

  /** The collected resources of the accounts, and the results of the checks of them. */
  async #collected(at: Date, connection: DemoConnection): Promise<void> {
    await connection.readAll(at)
    // After every report of the day: checks wait until no other has arrived.
    setTime(at.getTime() + 25 * MINUTE)
    await runDemoChecks()
  }

  /**
   * The actions of people on that day, in order; the same change of many findings is one bulk change, as in the list.
   */
  async #work(day: number, actions: readonly Action[]): Promise<void> {
    const alike = grouped(actions, action => JSON.stringify({ ...action, id: null }))
    const morning = this.#instantOf(day).getTime() + 30 * MINUTE
    let done = 0
    for (const verb of ['assign', 'status', 'due', 'comment', 'team', 'verdict'] as const) {
      for (const group of alike.values()) {
        const [first] = group
        if (!first || first.verb !== verb) continue
        setTime(morning + (180 * MINUTE * done++) / alike.size)
        const ids = await uncovered(group.map(action => action.id))
        if (ids.length > 0) await this.#act(first, ids)
      }
    }
  }

  async #act(action: Action, ids: FindingId[]): Promise<void> {
    const { access } = this.#person(action.by)
    const selected = { selection: { ids }, confirmed: ids.length }
    switch (action.verb) {
      case 'assign':
        return void (await assignFindings(access, { ...selected, owner: this.#person(action.owner).id }))
      case 'status':
        return void (await setStatus(access, { ...selected, status: action.status, reason: action.reason }))
      case 'comment':
        return void (await addComment(access, { ...selected, text: action.text }))
      case 'verdict':
        return void (await setVerdict(access, { ...selected, verdict: action.verdict }))
      case 'team':
        return void (await setTeam(access, { ...selected, team: action.team }))
      case 'due': {
        const due = new Date(this.#instantOf(action.day).getTime() + action.inDays * DAY)
        return void (await setDueAt(access, {
          ...selected,
          dueAt: dayOf(due, env().HINOMI_TIME_ZONE),
          reason: '次のリリースに含めて対応します。',
        }))
      }
    }
  }

  #person(email: string): Person {
    const person = this.#people.get(email)
    if (!person) throw new Error(`${email} is no member of the demo`)
    return person
  }
}

function grouped<K, V>(list: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of list) {
    const group = groups.get(keyOf(value))
    if (group) group.push(value)
    else groups.set(keyOf(value), [value])
  }
  return groups
}

/**
 * Sets the clock to an instant of the history. Each reading is a millisecond later, so that events have an order and a
 * duration.
 */
function setTime(instant: number): Date {
  let passed = 0
  setClock(() => new Date(instant + passed++))
  return new Date(instant)
}

async function send(
  access: Access<'imports:write'>,
  report: string,
  options: { coverage: Coverage; at: Date; origin: ImportOrigin; fileName: string },
): Promise<void> {
  const { at, ...rest } = options
  const body = (async function* () {
    yield Buffer.from(report)
  })()
  const { id } = await receiveImport(access, body, { ...rest, source: null, observedAt: at, force: true })
  await runImport(jobAccess('import'), id)
}
