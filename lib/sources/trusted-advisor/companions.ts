import type { Companions, Joined } from '../source'
import { isRecord } from '../values/text'
import { hubControlIn } from './checks'
import { isDescription, isFlagged, isRecommendation, isResult } from './shapes'

type Fields = Record<string, unknown>

/** Lists whose elements need other parts of the document. */
const companionLists = [
  'recommendationSummaries',
  'recommendationResourceSummaries',
  'organizationRecommendationSummaries',
  'organizationRecommendationResourceSummaries',
  'summaries',
  'checks',
] as const

/** A record without any of these keys is not of Trusted Advisor. Most are not, so this check is fast. */
const KEYS = [
  ...companionLists,
  'arn',
  'recommendation',
  'organizationRecommendation',
  'recommendationArn',
  'checkId',
  'result',
  'metadata',
]
/** Lists of recommendations, and those of their resources. */
const SUMMARIES: readonly string[] = ['recommendationSummaries', 'organizationRecommendationSummaries']
const RESOURCES: readonly string[] = ['recommendationResourceSummaries', 'organizationRecommendationResourceSummaries']

/** Trusted Advisor has some hundred checks, and one recommendation for each. */
const MOST_REMEMBERED = 10_000

/**
 * Trusted Advisor spreads facts over several answers: resources name their check only through their recommendation, and
 * results their columns only through the list of checks. This stores them while a document is read, and adds them to
 * the records that need them.
 */
export class TrustedAdvisorCompanions implements Companions {
  readonly lists = companionLists
  readonly #recommendations = new Map<string, Fields>()
  readonly #checks = new Map<string, Fields>()

  join(value: unknown): Joined[] | null {
    if (!isRecord(value) || !KEYS.some(key => key in value)) return null
    const learned = this.#learn(value)
    const lists = companionLists.filter(list => isList(list, value[list]))
    if (lists.length === 0) {
      const complete = this.#complete(value)
      // A record that others need has to be read each time, and so must not be skipped as unchanged.
      return complete !== value || learned ? [{ value: complete, place: null }] : null
    }
    const covered = new Set(
      RESOURCES.flatMap(list => elements(value[list]))
        .filter(element => isFlagged(field(element, 'status')))
        .map(element => field(element, 'recommendationArn')),
    )
    const joined: Joined[] = []
    for (const list of lists) {
      if (list === 'checks') continue
      for (const [at, element] of elements(value[list]).entries()) {
        if (SUMMARIES.includes(list) && covered.has(field(element, 'arn'))) continue
        joined.push({ value: isRecord(element) ? this.#complete(element) : element, place: { list, at } })
      }
    }
    for (const record of recordsOutside(value, covered)) joined.push({ value: this.#complete(record), place: null })
    if (lists.includes('checks') && lists.length === 1 && joined.length === 0) return [{ value, place: null }]
    return joined
  }

  /** Stores facts that later records may need. Returns whether there were any. */
  #learn(value: Fields): boolean {
    const recommendations = [
      value,
      value.recommendation,
      value.organizationRecommendation,
      ...SUMMARIES.flatMap(list => elements(value[list])),
    ].filter(isRecommendation)
    for (const recommendation of recommendations) remember(this.#recommendations, recommendation.arn, recommendation)
    const checks = [value, ...elements(value.checks)].filter(isRecord).filter(isDescription)
    for (const { id, name, category, metadata, description } of checks) {
      const hubControl = typeof description === 'string' ? hubControlIn(description) : null
      remember(this.#checks, id, { name, category, metadata, hubControl })
    }
    return recommendations.length + checks.length > 0
  }

  /** The record with the stored facts about it; the same object if there are none. */
  #complete(record: Fields): Fields {
    const result = isResult(record.result) ? record.result : record
    const described = isResult(result) ? this.#checks.get(field(result, 'checkId')) : undefined
    if (described) return { ...record, described }
    const recommendation = this.#recommendations.get(field(record, 'recommendationArn'))
    return recommendation ? { recommendation, recommendationResourceSummaries: [record] } : record
  }
}

/** Recognizes a list by its name and, if the name is common, also by its elements. */
function isList(name: string, value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false
  if (name === 'checks') return value.some(element => isRecord(element) && isDescription(element))
  return name !== 'summaries' || value.length === 0 || value.some(isResult)
}

/** Records outside the lists: a recommendation without its resources, and results. */
function recordsOutside(value: Fields, covered: ReadonlySet<string>): Fields[] {
  const others = Object.entries(value).flatMap(([key, entry]) => {
    if (companionLists.some(list => list === key)) return []
    return Array.isArray(entry) ? entry : [entry]
  })
  return others.filter(isRecord).filter(record => {
    if (field(record, 'checkId') !== '' || isResult(record.result)) return true
    return isRecommendation(record) && !covered.has(field(record, 'arn'))
  })
}

function elements(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function field(value: unknown, name: string): string {
  const found = isRecord(value) ? value[name] : undefined
  return typeof found === 'string' ? found : ''
}

function remember(map: Map<string, Fields>, key: unknown, value: Fields): void {
  if (typeof key === 'string' && map.size < MOST_REMEMBERED) map.set(key, value)
}
