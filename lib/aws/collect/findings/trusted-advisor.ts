import 'server-only'
import { z } from 'zod'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { recommendations } from './recommendations'

const Place = z.union([z.object({ check: z.string() }), z.object({ recommendations: z.json() })])

type Check = NonNullable<OutputOf<'support:DescribeTrustedAdvisorChecks'>['checks']>[number]
type Summary = NonNullable<OutputOf<'support:DescribeTrustedAdvisorCheckSummaries'>['summaries']>[number]

/** Checks whose summaries are asked for at once. */
const PAGE = 25
const CHECKS = 'support:DescribeTrustedAdvisorChecks'

/**
 * Results of Trusted Advisor: those of all checks by the API of AWS Support; where that is not allowed, the
 * recommendations of the newer API.
 */
export const trustedAdvisor: Collector = { id: 'trusted-advisor', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const place = from === null ? null : Place.parse(from)
  if (place && 'recommendations' in place) return yield* ofRecommendations(calls, place.recommendations)
  const checks = await checksOf(calls)
  if (checks instanceof AwsFailure) return yield* insteadOf(checks, calls)
  yield* results(calls, checks, place?.check ?? null)
}

/** All checks in the order of their ids, or why they cannot be read. */
async function checksOf(calls: CellCalls): Promise<readonly Check[] | AwsFailure> {
  try {
    const { checks = [] } = await calls.call(CHECKS, { language: 'en' })
    return checks.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  } catch (error) {
    if (error instanceof AwsFailure && (error.state === 'no_plan' || error.state === 'denied')) return error
    throw error
  }
}

/** The recommendations, or the failure of the first API where the second is closed as well. */
async function* insteadOf(failure: AwsFailure, calls: CellCalls): AsyncGenerator<Page> {
  try {
    yield* ofRecommendations(calls, null)
  } catch (error) {
    throw error instanceof AwsFailure && (error.state === 'no_plan' || error.state === 'denied') ? failure : error
  }
}

async function* ofRecommendations(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  for await (const { records, next } of recommendations(calls, from)) {
    yield { records, next: next === null ? null : { recommendations: next } }
  }
}

async function* results(calls: CellCalls, checks: readonly Check[], after: string | null): AsyncGenerator<Page> {
  const left = after === null ? checks : checks.filter(check => idOf(check) > after)
  for (let at = 0; at < left.length; at += PAGE) {
    const some = left.slice(at, at + PAGE)
    const last = some.at(-1)
    const next = last && at + PAGE < left.length ? { check: idOf(last) } : null
    yield { records: await recordsOf(calls, some), next }
  }
}

/** Each result with the description of its check, which names its columns. */
async function recordsOf(calls: CellCalls, checks: readonly Check[]): Promise<object[]> {
  const summaries = await summariesOf(calls, checks.map(idOf))
  const records: object[] = []
  for (const check of checks) {
    const summary = summaries.find(({ checkId }) => checkId === check.id)
    if (summary) records.push({ checks: [check], result: await resultOf(calls, summary) })
  }
  return records
}

/** AWS lists some checks that it has retired, and refuses every list with one of them. */
async function summariesOf(calls: CellCalls, checkIds: string[]): Promise<Summary[]> {
  try {
    return (await calls.call('support:DescribeTrustedAdvisorCheckSummaries', { checkIds })).summaries ?? []
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.reason !== 'request') throw error
    if (checkIds.length === 1) return []
    const found: Summary[] = []
    for (const id of checkIds) found.push(...(await summariesOf(calls, [id])))
    return found
  }
}

/** The summary of a check that found nothing says everything. */
async function resultOf(calls: CellCalls, summary: Summary): Promise<object> {
  if (!summary.hasFlaggedResources) return summary
  const input = { checkId: summary.checkId, language: 'en' }
  return (await calls.call('support:DescribeTrustedAdvisorCheckResult', input)).result ?? summary
}

function idOf({ id = '' }: Check): string {
  return id
}
