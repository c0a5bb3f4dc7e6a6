import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RejectedRecord } from '../../../lib/domain/imports/reject'
import { accountsIn } from '../../../lib/ingest/lanes/scan-accounts'
import { RejectedDocument, readDocument } from '../../../lib/sources/reader/document'
import { outcomesOf } from '../../../lib/sources/registry'
import { fixture } from '../sources/support'

const now = new Date('2026-07-01T00:00:00Z')
const reading = {
  source: null,
  account: null,
  mapping: null,
  region: null,
  observedAt: now,
  arrivedAt: now,
  timeZone: 'UTC',
}
const seeds = readdirSync('tests/fixtures/seeds')
const samples = process.env.HINOMI_SAMPLES ?? ''

type Open = () => AsyncIterable<Uint8Array>

async function* pieces(text: string | Buffer): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** The accounts of all outcomes of a report, as an import meets them. */
async function written(open: Open): Promise<Set<string>> {
  const found = new Set<string>()
  try {
    for await (const records of readDocument(open())) {
      for (const record of records) {
        if (!('value' in record)) continue
        try {
          const outcomes = outcomesOf(record.value, { now, observedAt: now, timeZone: 'UTC' })
          for (const { accountId } of outcomes) found.add(accountId)
        } catch (problem) {
          if (!(problem instanceof RejectedRecord)) throw problem
        }
      }
    }
  } catch (problem) {
    if (!(problem instanceof RejectedDocument)) throw problem
  }
  return found
}

async function missedIn(open: Open): Promise<string[]> {
  const scanned = new Set(await accountsIn(open, reading))
  return [...(await written(open))].filter(id => !scanned.has(id))
}

const records = seeds.flatMap(name => {
  const all: unknown = JSON.parse(fixture(`seeds/${name}`).toString())
  return (Array.isArray(all) ? all : [all]).map(record => JSON.stringify(record))
})
/** Accounts that records are moved to, written as text, as an escape, or as a number. */
const account = fc.constantFrom('111122223333', '222233334444', '333344445555', '000000000012')
const moved = fc
  .tuple(fc.constantFrom(...records), account, fc.constantFrom('as it is', 'escaped'))
  .map(([record, id, how]) => {
    const text = how === 'escaped' ? [...id].map(digit => `\\u003${digit}`).join('') : id
    return record.replace(/(?<!\d)\d{12}(?!\d)/g, text)
  })

describe('the accounts found by a scan', () => {
  test('are those of every record of every source, wherever an account is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(moved, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('lines', 'list', 'message'),
        async (chosen, shape) => {
          const list = `[${chosen.join(',')}]`
          const text = {
            lines: chosen.join('\n'),
            list,
            message: JSON.stringify({ Messages: [{ MessageId: 'm', Body: list }] }),
          }
          expect(await missedIn(() => pieces(text[shape]))).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })

  test('contain only the account of the record, even if it mentions others', async () => {
    const record = (own: string, resource: string) => ({
      ...JSON.parse(records.find(each => each.includes('"AwsAccountId"')) ?? '{}'),
      AwsAccountId: own,
      Resources: [{ Type: 'Other', Id: `arn:aws:iam::${resource}:role/x` }],
    })
    const report = [record('111122223333', '999999999999'), record('222233334444', '888888888888')]
    expect(await accountsIn(() => pieces(JSON.stringify(report)), reading)).toEqual(['111122223333', '222233334444'])
  })

  test('contain the account that the sender names, even for an unreadable report', async () => {
    const named = { ...reading, account: '111122223333' }
    expect(await accountsIn(() => pieces('no report'), named)).toEqual(['111122223333'])
  })

  test('include an account that is a number with an exponent', async () => {
    const text = JSON.stringify({ ...JSON.parse(records[0] ?? '{}') }).replace(
      /"AwsAccountId":"\d+"/,
      '"AwsAccountId":1.5e11',
    )
    expect(await missedIn(() => pieces(text))).toEqual([])
  })
})

describe.skipIf(samples === '')('reports of other tools (HINOMI_SAMPLES)', () => {
  test('speak of no account that a scan of them misses', async () => {
    const missed: Record<string, string[]> = {}
    const files = readdirSync(samples, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.(json|ndjson|jsonl|csv|asff|ocsf)$/.test(entry.name))
      .map(entry => join(entry.parentPath, entry.name))
    for (const file of files) {
      const found = await missedIn(() => createReadStream(file))
      if (found.length > 0) missed[file] = found
    }
    expect(missed).toEqual({})
  }, 300_000)
})
