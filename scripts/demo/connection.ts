import { createHash, randomUUID } from 'node:crypto'
import { jobAccess } from '../../lib/access/job'
import type { Access } from '../../lib/access/proof'
import type { Permission } from '../../lib/domain/people/role'
import { runImport } from '../../lib/ingest/run/run'
import { saveAccountRules } from '../../lib/store/accounts/account-rules'
import { addConnection, updateConnection } from '../../lib/store/collection/connections'
import { applyOrganization } from '../../lib/store/collection/organization'
import { endRounds, planRound, startRound } from '../../lib/store/collection/rounds'
import { beginTask, type ClaimedTask, claimTasks, endTask, saveLines } from '../../lib/store/collection/tasks'
import { beginReceiving, finishReceiving } from '../../lib/store/imports/receive'
import { organizationReport, READER } from './collected/organization'
import { collectedReports } from './collected/reports'
import { accounts } from './organisation'

const job = jobAccess('collection', { permissions: ['imports:read', 'imports:write', 'imports:close'] })

const settings = { name: 'デモ組織 (demo organization)', roleName: 'HinomiReadOnly' }

/** What a task of a round read. */
interface Read {
  account: string
  collector: string
  report: string
  records: number
}

/** The connection of the sample organization. It is paused whenever no round is under way: the accounts do not exist. */
export class DemoConnection {
  readonly #admin: Access<Permission>
  readonly #id: string

  private constructor(admin: Access<Permission>, id: string) {
    this.#admin = admin
    this.#id = id
  }

  /** Adds the connection, and rules for the accounts that it finds. */
  static async add(admin: Access<Permission>): Promise<DemoConnection> {
    const { id } = await addConnection(admin, {
      ...settings,
      kind: 'organization',
      accountId: READER,
      partition: 'aws',
    })
    const none = { tag: null, environment: null, ownerTeam: null, itScope: null }
    const rules = [
      { ...none, name: '本番', unit: 'Workloads/Production', environment: 'production' as const, itScope: true },
      { ...none, name: 'サンドボックス', unit: 'Sandbox', environment: 'sandbox' as const },
    ]
    await saveAccountRules(admin, { rules, seen: null })
    return new DemoConnection(admin, id)
  }

  /** A full round at a time: the organization, then its accounts, through the tasks that a worker would have run. */
  async readAll(at: Date): Promise<void> {
    const named = accounts.filter(({ name }) => name !== '')
    const organization = { account: READER, collector: 'organization', ...organizationReport(at) }
    const resources = named.flatMap((account, place) =>
      collectedReports(account, place, at).map(([collector, report]) => {
        // Without its header, and the line of each cell.
        const records = report.split('\n').filter(line => line.startsWith('{"inventory"')).length
        return { account: account.id, collector, report, records }
      }),
    )
    await updateConnection(this.#admin, { id: this.#id, paused: false, seen: { ...settings, paused: true } })
    const first = [taskOf(organization)]
    const round = await startRound(job, { connectionId: this.#id, kind: 'full', slot: at, tasks: first })
    if (round === null) throw new Error('the demo already has a round of this time')
    await this.#run([organization], at)
    await applyOrganization(job, { id: this.#id, accountId: READER })
    await planRound(job, round, resources.map(taskOf))
    await this.#run(resources, at)
    await endRounds(job)
    await updateConnection(this.#admin, { id: this.#id, paused: true, seen: { ...settings, paused: false } })
  }

  async #run(reads: readonly Read[], at: Date): Promise<void> {
    const waiting = { limit: reads.length, perAccount: reads.length }
    for (const task of await claimTasks(job, randomUUID(), waiting)) {
      const read = reads.find(({ account, collector }) => account === task.accountId && collector === task.collector)
      if (!read) throw new Error(`the demo has no report of ${task.collector}`)
      await runTask(task, read, at)
    }
  }
}

const taskOf = ({ account, collector }: Read) => ({ accountId: account, collector, region: null })

async function runTask(task: ClaimedTask, { account, collector, report, records }: Read, at: Date): Promise<void> {
  const importId = await beginReceiving(job, {
    source: null,
    account,
    coverage: 'complete',
    origin: 'collector',
    fileName: `${collector}-${account}.ndjson`,
    observedAt: at,
  })
  const startedAt = at.toISOString()
  const nothing = { windows: {}, view: null, places: {}, region: null, cursor: null, records: 0 }
  const position = { regions: [], cells: [], ...nothing, startedAt }
  const bytes = Buffer.from(report)
  await beginTask(job, task, importId, position)
  await saveLines(job, task, { bytes, position, records, calls: records + 1, throttles: 0 })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await finishReceiving(job, [{ id: importId, sha256, sizeBytes: bytes.length }], true)
  await endTask(job, task)
  await runImport(jobAccess('import'), importId)
}
