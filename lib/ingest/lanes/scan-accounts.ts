import { promisify } from 'node:util'
import type { JobAccess } from '../../access/proof'
import { RejectedRecord } from '../../domain/imports/reject'
import { env } from '../../env'
import { type Recognise, RejectedDocument, readDocument } from '../../sources/reader/document'
import { outcomesOf } from '../../sources/registry'
import type { ScanTask } from '../../store/imports/lanes'
import { inflatedPieces } from '../../store/payload/pieces'

const pause = promisify(setImmediate)
const SLICE = 64
/**
 * Twelve digits that may be a field or a part of an ARN, unlike those next to a hyphen in a UUID or a name; and other ways to write
 * digits in JSON: an escape, or a number with an exponent.
 */
const DIGITS = /(?<![\d-])\d{12}(?![\d-])|\\u003\d|[:,[\s]\d[\d.]*[eE]/g

/** The context that determines the accounts of a record. */
type Reading = Omit<ScanTask, 'id' | 'payloadId'> & { timeZone: string }

/** The accounts that the import of a stored report may write, sorted. */
export async function scanAccounts(access: JobAccess, task: ScanTask): Promise<string[]> {
  return accountsIn(() => inflatedPieces(access, task.payloadId), { ...task, timeZone: env().HINOMI_TIME_ZONE })
}

/**
 * The accounts of a report's records, and the one that its sender names, sorted. For a rejected record every number that may be an
 * account: it may be valid only together with records that were not parsed.
 */
export async function accountsIn(open: () => AsyncIterable<Uint8Array>, reading: Reading): Promise<string[]> {
  const found = new Set<string>(reading.account === null ? [] : [reading.account])
  if (!(await addAccounts(found, open(), reading, { whole: false })))
    await addAccounts(found, open(), reading, { whole: true })
  return [...found].sort()
}

/**
 * Unless `whole`, a record whose numbers of twelve digits are all accounts found before is not parsed: its account is in its bytes, or
 * is the sender's, or the bytes contain no such number at all, as in encoded text. Returns false where that is not sufficient.
 */
async function addAccounts(
  found: Set<string>,
  chunks: AsyncIterable<Uint8Array>,
  reading: Reading,
  { whole }: { whole: boolean },
): Promise<boolean> {
  const context = contextOf(reading)
  let skipped = false
  const recognise: Recognise<string[]> = bytes => {
    const numbers = numbersIn(bytes)
    const others = numbers.filter(number => !found.has(number))
    const known = numbers.length > 0 && others.length === 0
    skipped ||= known
    return { stamp: others, known: known ? 0 : null }
  }
  const options = { batchSize: SLICE, csv: reading.mapping !== null, ...(!whole && { recognise }) }
  try {
    for await (const records of readDocument<string[]>(chunks, options)) {
      for (const record of records) {
        if (!('value' in record)) continue
        const accounts = accountsOf(record.value, context)
        const { stamp: others = null } = record
        if (!accounts && skipped && others === null) return false
        for (const id of accounts ?? others?.filter(isAccount) ?? []) found.add(id)
      }
      await pause()
    }
  } catch (problem) {
    // Records before the error are imported; the import itself reports the error.
    if (!(problem instanceof RejectedDocument)) throw problem
  }
  return true
}

/** The accounts of a record's outcomes; null where the record is rejected. */
function accountsOf(value: unknown, context: ReturnType<typeof contextOf>): string[] | null {
  try {
    return outcomesOf(value, context).map(({ accountId }) => accountId)
  } catch (problem) {
    if (problem instanceof RejectedRecord) return null
    throw problem
  }
}

function numbersIn(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(DIGITS) ?? []
}

const isAccount = (number: string) => /^\d{12}$/.test(number)

function contextOf({ source, account, mapping, region, observedAt, arrivedAt, timeZone }: Reading) {
  return {
    now: arrivedAt,
    observedAt,
    timeZone,
    ...(source && { source }),
    ...(account && { account }),
    ...(region && { region }),
    ...(mapping && { mapping }),
  }
}
