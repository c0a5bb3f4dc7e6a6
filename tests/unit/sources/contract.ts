import { createTranslator } from 'use-intl/core'
import { z } from 'zod'
import { AccountId } from '../../../lib/domain/accounts/account-id'
import { Facts } from '../../../lib/domain/findings/facts'
import { Severity } from '../../../lib/domain/findings/severity'
import { contentHashOf, findingIdOf, problemOf, sightingIdOf } from '../../../lib/domain/identity/identity'
import { findingClasses, type Outcome, results, sourceIds, suppressionMeans } from '../../../lib/domain/imports/outcome'
import { RejectedRecord, rejectCodes } from '../../../lib/domain/imports/reject'
import { outcomesOf } from '../../../lib/sources/registry'
import type { OutcomeOptions } from '../../../lib/sources/source'
import en from '../../../messages/en.json'
import ja from '../../../messages/ja.json'

/** What every reader keeps to, whatever a record holds. Byte limits are those of PostgreSQL's B-tree indexes. */
const MAX_OUTCOMES = 1000

/** Text that PostgreSQL stores: https://www.postgresql.org/docs/18/datatype-character.html */
const text = (bytes: number) =>
  z.string().refine(value => !/[\0\p{Surrogate}]/u.test(value) && Buffer.byteLength(value) <= bytes)
const named = (bytes: number) => text(bytes).refine(value => value.trim() !== '', 'blank')
const prose = (length: number, bytes = length * 3) => text(bytes).max(length)
const ResourceRef = z.strictObject({ id: named(2048), type: prose(200) })
/** As pairs: a record of Zod leaves out the key `__proto__`, which is a tag like any other. */
const TagPairs = z
  .array(z.tuple([prose(128).min(1), prose(256)]))
  .min(1)
  .max(50)
const Tags = z.custom<Record<string, string>>(
  tags => typeof tags === 'object' && tags !== null && TagPairs.safeParse(Object.entries(tags)).success,
)
const contract = (now: Date) => {
  const date = z
    .date()
    // A day more than 2000, for what a time without a zone may mean.
    .min(new Date('1999-12-31T00:00:00Z'))
    .max(new Date(now.getTime() + 86_400_000))
    .nullable()
  return z.array(
    z.strictObject({
      source: z.enum(sourceIds),
      product: prose(200).min(1),
      nativeId: named(2048),
      class: z.enum(findingClasses),
      accountId: AccountId,
      region: named(64),
      control: named(512),
      result: z.enum(results),
      severity: Severity,
      title: prose(1000, 2000).refine(value => value.trim() !== '', 'blank'),
      description: prose(10_000),
      remediationText: prose(10_000),
      remediationUrl: z.union([z.literal(''), text(6144).regex(/^https?:\/\//i)]),
      resource: ResourceRef,
      otherResources: z.array(ResourceRef).max(100),
      tags: Tags.nullish(),
      packageName: text(2048),
      machineImage: named(2048).nullish(),
      facts: Facts.nullish(),
      firstObservedAt: date,
      updatedAt: date,
      // By a clock of any zone.
      localTime: z.date().nullish(),
      byRecord: z.boolean().optional(),
      former: z
        .object({ control: named(2048), region: named(100), resourceId: named(2048) })
        .partial()
        .optional(),
      suppression: z
        .strictObject({
          by: prose(200),
          at: z.iso.datetime().nullable(),
          note: prose(10_000),
          means: z.enum(suppressionMeans).optional(),
        })
        .optional(),
      summary: z.enum(['stated', 'ended']).optional(),
    }),
  )
}

/** Under the common name an id may be a little longer, such as the ARN of another partition. */
const Problem = z.object({ control: named(512), accountId: AccountId, region: named(64), resourceId: named(2100) })

const HEX = /^[0-9a-f]{32}$/
const contracts = new Map<number, ReturnType<typeof contract>>()
const throwing = (error: Error) => {
  throw error
}
const sentences = [
  createTranslator({ locale: 'ja', messages: ja, namespace: 'rejects', onError: throwing }),
  createTranslator({ locale: 'en', messages: en, namespace: 'rejects', onError: throwing }),
]

/** How often a value holds an object: a record may say one thing of each. */
function objectsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((count: number, item) => count + objectsIn(item), 1)
}

/** Whether PostgreSQL stores every text in a value, as jsonb: also the keys of its objects. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return text(Number.POSITIVE_INFINITY).safeParse(value).success
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item))
}

/** Freezes a value all through, so that who changes it throws. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const item of Object.values(value)) freeze(item)
}

function attempt(record: unknown, options: OutcomeOptions): Outcome[] | RejectedRecord {
  try {
    return outcomesOf(record, options)
  } catch (error) {
    if (error instanceof RejectedRecord) return error
    throw error
  }
}

/** Reasons whose sentences have been seen, by code and names of their values. */
const formatted = new Set<string>()

function expectReason({ code, params, accountId }: RejectedRecord): void {
  z.enum(rejectCodes).exclude(['internal']).parse(code)
  z.record(z.string(), z.union([z.number(), text(1000)])).parse(params)
  AccountId.nullable().parse(accountId)
  const kind = [code, ...Object.keys(params)].join()
  if (formatted.has(kind)) return
  formatted.add(kind)
  for (const sentence of sentences) {
    const said = sentence(code, { what: 'none', value: 'none', sources: 'sources', ...params })
    if (said.trim() === '') throw new Error(`nothing is said of ${code}`)
  }
}

function expectOutcomes(outcomes: Outcome[], record: unknown, now: Date): void {
  const shape = contracts.get(now.getTime()) ?? contract(now)
  contracts.set(now.getTime(), shape)
  shape.min(1).parse(outcomes)
  if (outcomes.length > Math.max(MAX_OUTCOMES, objectsIn(record))) throw new Error(`${outcomes.length} outcomes`)
  for (const outcome of outcomes) {
    const problem = problemOf(outcome)
    Problem.parse(problem)
    if (!isStorable(outcome.facts)) throw new Error('facts contain text that cannot be stored')
    for (const id of [sightingIdOf(outcome), findingIdOf(outcome), findingIdOf(outcome, problem)]) {
      if (!HEX.test(id)) throw new Error(`the id ${id} is not 32 hexadecimal digits`)
    }
    if (BigInt.asIntN(64, contentHashOf(outcome)) !== contentHashOf(outcome))
      throw new Error('the hash has over 64 bits')
  }
}

/**
 * Reads a record and throws where the reader breaks its contract: another error than RejectedRecord, an outcome that cannot be
 * stored, a changed record, or another answer the second time. Returns 'accepted' or the code of the refusal.
 */
export function verdictOf(record: unknown, options: OutcomeOptions): string {
  freeze(record)
  const first = attempt(record, options)
  const second = attempt(record, options)
  const comparable = (answer: Outcome[] | RejectedRecord) =>
    JSON.stringify(answer instanceof RejectedRecord ? [answer.code, answer.params, answer.accountId] : answer)
  if (comparable(first) !== comparable(second)) throw new Error('the same record was read in two ways')
  if (Object.keys(Object.prototype).length > 0 || Object.keys(Array.prototype).length > 0)
    throw new Error('a prototype has been changed')
  if (first instanceof RejectedRecord) {
    expectReason(first)
    return first.code
  }
  expectOutcomes(first, record, options.now)
  return 'accepted'
}
