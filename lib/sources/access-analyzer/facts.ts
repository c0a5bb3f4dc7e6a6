import type { AccessFacts } from '../../domain/findings/facts'
import { looseInstant, looseList, looseText, looseTexts, valueAt } from '../values/loose'
import { isRecord } from '../values/text'
import type { AccessFinding } from './schema'

const LIMIT = 50

/** Who has access, to do what, under which conditions; of unused access, when it was last used. */
export function factsOf(finding: AccessFinding, isPublic: boolean): AccessFacts {
  const details = finding.findingDetails ?? []
  const grants = [finding, ...details.map(detail => detail.externalAccessDetails ?? {})]
  return {
    kind: 'access',
    isPublic,
    principals: pairs(grants.map(({ principal }) => principal)).map(([type, id]) => ({ type, id })),
    actions: looseTexts(
      grants.flatMap(({ action }) => looseList(action)),
      LIMIT,
    ),
    conditions: pairs(grants.map(({ condition }) => condition)).map(([key, value]) => ({ key, value })),
    grantedBy: looseTexts(
      grants.flatMap(({ sources }) => looseList(sources).map(each => valueAt(each, 'type'))),
      LIMIT,
    ),
    lastUsed: lastUsed(details),
  }
}

/** The keys and values of several maps, each pair once. */
function pairs(maps: readonly unknown[]): [string, string][] {
  const found = maps.flatMap(map => (isRecord(map) ? Object.entries(map) : []))
  const texts = found.flatMap(([key, value]): [string, string][] => {
    const [name, text] = [looseText(key, 200), looseText(value)]
    return name === null || text === null ? [] : [[name, text]]
  })
  return [...new Map(texts.map(pair => [JSON.stringify(pair), pair])).values()].slice(0, LIMIT)
}

/** https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingDetails.html */
function lastUsed(details: readonly Record<string, unknown>[]): string | null {
  const times = details.flatMap(detail =>
    Object.values(detail).flatMap(one => looseInstant(valueAt(one, 'lastAccessed')) ?? []),
  )
  return times.sort().at(-1) ?? null
}
