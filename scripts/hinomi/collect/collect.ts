import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Aws } from '../../../lib/aws/aws'
import { collectorOf } from '../../../lib/aws/collect/registry'
import { reportLines } from '../../../lib/aws/collect/report'
import { type AwsConnection, openConnection, openOwnAccount } from '../../../lib/aws/connection'
import { AwsFailure } from '../../../lib/aws/failure'
import { getIdentity } from '../../../lib/aws/identity'
import { globalRegionOf } from '../../../lib/aws/partition'
import { type CollectorDefinition, collectors } from '../../../lib/domain/collection/collectors'
import { isUnreadable, shownMessage } from '../../../lib/domain/collection/failure'
import { ACCOUNT_TYPE, type CoverageLine, InventoryLine } from '../../../lib/domain/collection/lines'
import { awsEnv } from '../../../lib/env'
import { cliTranslator, type Locale } from '../../../lib/locale'
import { ReportArchive, writeLines } from './archive'
import type { CollectOptions } from './options'

/** Reports that are read at once: of different accounts where there are several, whose limits are their own. */
const AT_ONCE = 8
/** Some cells could not be read: what was read is written. */
const INCOMPLETE = 2
/** The disk or the quota is full, or a file may not become larger: https://man7.org/linux/man-pages/man2/write.2.html */
const NO_SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG']

type Built = CollectorDefinition & { id: Parameters<typeof collectorOf>[0] }
const built: readonly Built[] = collectors.filter(({ id }) => collectorOf(id) !== null)

/**
 * Writes the reports that a connection would bring, one for each account and collector, into an archive that can be
 * uploaded. Needs no server and no database. Returns 0, or 2 where cells could not be read.
 */
export async function collect(options: CollectOptions, locale: Locale): Promise<number> {
  const out = resolve(process.env.HINOMI_CWD ?? process.cwd(), options.out)
  const archive = new ReportArchive(out, options.force)
  const { endpoint, region } = awsEnv()
  const aws = new Aws({ endpoint, region: region ?? globalRegionOf('aws'), profile: options.profile })
  const stop = new AbortController()
  const onSignal = () => stop.abort(new Error('interrupted'))
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  // A reader that has closed the pipe ends the command as a signal does. They stay: the last error is written after this function.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onSignal)
  const folder = await mkdtemp(join(tmpdir(), 'hinomi-collect-'))
  try {
    const own = await identityOf(aws, region, stop.signal)
    const run = new Run({
      options,
      own,
      archive,
      folder,
      stop,
      locale,
      connection: connectionOf(options, own, aws),
    })
    await run.all()
    const files = await archive.end()
    return await run.sum(files)
  } catch (error) {
    // The files of reports go away with the folder, what was written of the archive here.
    await archive.discard()
    throw await readable(stop.signal.aborted ? stop.signal.reason : error, options, locale)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await rm(folder, { recursive: true, force: true })
    aws.close()
  }
}

interface Own {
  account: string
  partition: string
}

async function identityOf(aws: Aws, region: string | null, signal: AbortSignal): Promise<Own> {
  const { account, arn } = await getIdentity(aws.asSelf('self', { region: region ?? globalRegionOf('aws'), signal }))
  return { account, partition: arn.split(':')[1] || 'aws' }
}

function connectionOf({ role, externalId }: CollectOptions, { account, partition }: Own, aws: Aws): AwsConnection {
  if (role === null) return openOwnAccount(account, partition, aws)
  return openConnection({ partition, roleName: role, externalId, session: 'hinomi-collect' }, aws)
}

async function readable(error: unknown, options: CollectOptions, locale: Locale): Promise<unknown> {
  if (error instanceof AwsFailure) return new Error(await failureText(error, options, locale))
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!NO_SPACE.includes(code)) return error
  const t = await cliTranslator(locale)
  return new Error(t('collectNoSpace') ?? '', { cause: error })
}

async function failureText(failure: AwsFailure, { profile }: CollectOptions, locale: Locale): Promise<string> {
  const { reason, action, operation, message } = failure
  const t = await cliTranslator(locale)
  const named = profile ?? process.env.AWS_PROFILE
  const missing = named ? t('collectNoProfile', { profile: named }) : t('collectNoCredentials')
  if (reason === 'no_credentials' && missing) return missing
  if (isUnreadable(message)) return `${t('collectStates.unreadable')} ${shownMessage(message)}`
  return action === null ? `${operation}: ${message}` : `${t('collectDenied', { action })} ${message}`
}

interface Setting {
  options: CollectOptions
  own: Own
  connection: AwsConnection
  archive: ReportArchive
  folder: string
  stop: AbortController
  locale: Locale
}

class Run {
  readonly #setting: Setting
  readonly #cells: CoverageLine[] = []
  readonly #found = new Set<string>()
  /** Entries of an archive are written one after the other. */
  #writing: Promise<void> = Promise.resolve()
  #reports = 0

  constructor(setting: Setting) {
    this.#setting = setting
  }

  async all(): Promise<void> {
    const { options, own } = this.#setting
    const named = options.accounts.length > 0 ? options.accounts : [own.account]
    // The organization is read in the first account, as a connection reads it in its own.
    const [home = own.account] = named
    if (options.organization)
      for (const collector of built.filter(each => each.ofOrganization)) await this.#report(home, collector)
    const accounts = new Set([...named, ...this.#found])
    const tasks = [...accounts].flatMap(account => {
      return built.filter(each => !each.ofOrganization).map(collector => ({ account, collector }))
    })
    // The same collector of all accounts comes first, so that the limits of one account hold nobody up.
    tasks.sort((a, b) => built.indexOf(a.collector) - built.indexOf(b.collector))
    const next = tasks.values()
    const { stop } = this.#setting
    const worker = async () => {
      for (const { account, collector } of next) {
        if (stop.signal.aborted) return
        await this.#report(account, collector)
      }
    }
    // The first error ends them all, and they have ended before their folder goes.
    const ended = Array.from({ length: AT_ONCE }, () => worker().catch(error => stop.abort(error)))
    await Promise.all(ended)
    stop.signal.throwIfAborted()
    await this.#writing
  }

  async #report(accountId: string, definition: Built): Promise<void> {
    const { connection, stop, folder, archive, options } = this.#setting
    const { signal } = stop
    const collector = collectorOf(definition.id)
    if (!collector) return
    const place = { accountId, collector: definition.id, region: definition.regional ? options.region : null }
    const name = `${definition.id}-${accountId}.ndjson`
    const path = join(folder, name)
    const lines = reportLines(place, { definition, collector, connection, startedAt: new Date().toISOString(), signal })
    const size = await writeLines(path, this.#texts(lines, definition))
    this.#writing = this.#writing.then(async () => {
      await archive.add(name, path, size)
      await rm(path)
    })
    await this.#writing
  }

  async *#texts(lines: AsyncGenerator<object, CoverageLine[]>, definition: Built): AsyncGenerator<string> {
    for (;;) {
      const next = await lines.next()
      if (next.done) return this.#ended(next.value, definition)
      if (definition.id === 'organization') this.#note(next.value)
      yield `${JSON.stringify(next.value)}\n`
    }
  }

  #note(line: object): void {
    const { type, data } = InventoryLine.safeParse(line).data ?? {}
    if (type === ACCOUNT_TYPE && data?.status === 'ACTIVE') this.#found.add(String(data.id))
  }

  async #ended(cells: readonly CoverageLine[], { name }: Built): Promise<void> {
    const { locale } = this.#setting
    const t = await cliTranslator(locale)
    this.#cells.push(...cells)
    this.#reports += 1
    const records = cells.reduce((sum, cell) => sum + cell.records, 0)
    process.stderr.write(`${t('collected', { account: cells[0]?.account ?? '', service: name[locale], records })}\n`)
    for (const { region, state, action, message } of cells.filter(isUnread)) {
      const why =
        state === 'denied' && action ? t('collectDenied', { action }) : t(`collectStates.${stateOf(state, message)}`)
      process.stderr.write(`  ${region}: ${[why, shownMessage(message ?? '')].filter(Boolean).join(' ')}\n`)
    }
  }

  /** Says what was written. Returns the exit code. */
  async sum(files: readonly string[]): Promise<number> {
    const t = await cliTranslator(this.#setting.locale)
    const unread = this.#cells.filter(isUnread).length
    for (const file of files) process.stdout.write(`${file}\n`)
    process.stderr.write(`${t('collectSum', { reports: this.#reports, cells: this.#cells.length, unread })}\n`)
    return unread > 0 ? INCOMPLETE : 0
  }
}

type UnreadState = 'denied' | 'throttled' | 'failed'

function stateOf(state: UnreadState, message: string | null | undefined): UnreadState | 'unreadable' {
  return state === 'failed' && message && isUnreadable(message) ? 'unreadable' : state
}

/** Whether something may be there that was not read. */
function isUnread(cell: CoverageLine): cell is CoverageLine & { state: UnreadState } {
  const { state } = cell
  return state === 'denied' || state === 'throttled' || state === 'failed'
}
