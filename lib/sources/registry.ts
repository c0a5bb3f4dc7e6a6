import type { Outcome } from '../domain/imports/outcome'
import { RejectedRecord } from '../domain/imports/reject'
import { accessAnalyzer } from './access-analyzer/access-analyzer'
import { asff } from './asff/asff'
import { config } from './aws-config/aws-config'
import { credentialReport } from './credential-report/credential-report'
import { readMappedRow } from './csv/csv'
import { definitions, type SourceFolder } from './definitions'
import { guardduty } from './guardduty/guardduty'
import { hinomi } from './hinomi/hinomi'
import { inspector } from './inspector/inspector'
import { macie } from './macie/macie'
import { ocsf } from './ocsf/ocsf'
import { prowlerNative } from './prowler-native/prowler-native'
import { withinLimits } from './reader/limits'
import type { Companions, OutcomeOptions, ReadingContext, Source, WrappedText } from './source'
import { trustedAdvisorRecommendations } from './trusted-advisor/recommendations'
import { trustedAdvisor } from './trusted-advisor/trusted-advisor'
import { toResourceType } from './values/resource-type'
import { isRecord, shown } from './values/text'

interface Reader extends Pick<Source, 'leavesOutRegion' | 'textIn' | 'companions'> {
  /** The outcomes of a record; null if it has another format. */
  read(record: Record<string, unknown>, context: ReadingContext): Outcome[] | null
}

/** A source as one step, so that parsing and normalising share one type. */
function reader<Raw>({ recognises, parse, normalise, ...rest }: Source<Raw>): Reader {
  return { ...rest, read: (record, context) => (recognises(record) ? normalise(parse(record), context) : null) }
}

const readersOf: Readonly<Record<SourceFolder, readonly Reader[]>> = {
  asff: [reader(asff)],
  ocsf: [reader(ocsf)],
  guardduty: [reader(guardduty)],
  inspector: [reader(inspector)],
  'access-analyzer': [reader(accessAnalyzer)],
  macie: [reader(macie)],
  'aws-config': [reader(config)],
  'trusted-advisor': [reader(trustedAdvisor), reader(trustedAdvisorRecommendations)],
  'credential-report': [reader(credentialReport)],
  'prowler-native': [reader(prowlerNative)],
  hinomi: [reader(hinomi)],
  csv: [],
}

/** Every source with the readers of its formats, in the order of recognition. */
export const sources = definitions.map(definition => ({ definition, readers: readersOf[definition.folder] }))

const readers = sources.flatMap(source => source.readers)

const textReaders = readers.flatMap(({ textIn }) => textIn ?? [])

/** The document inside an answer of a source's API; null for any other value. */
export function textInAnswer(value: Record<string, unknown>): WrappedText | null {
  for (const textIn of textReaders) {
    const text = textIn(value)
    if (text) return text
  }
  return null
}

/** What the sources remember while one document is read. */
export function newCompanions(): Companions[] {
  return readers.flatMap(({ companions }) => companions?.() ?? [])
}

const regionReaders = readers.flatMap(({ leavesOutRegion: leavesOut }) => leavesOut ?? [])

/** Whether a record leaves out its Region, so that the Region has to be looked up. */
export function leavesOutRegion(value: unknown): boolean {
  return isRecord(value) && regionReaders.some(leavesOut => leavesOut(value))
}

/**
 * The outcomes of one record. The record's shape decides the format; `source` overrides the feed. Throws RejectedRecord
 * with the reason if the format is unknown or the record breaks a rule of the domain.
 */
export function outcomesOf(raw: unknown, { source, mapping, ...context }: OutcomeOptions): Outcome[] {
  if (!isRecord(raw)) throw new RejectedRecord('not_an_object', { type: Array.isArray(raw) ? 'array' : typeof raw })
  if (mapping) return finished(readMappedRow(raw, mapping, context))
  for (const { read } of readers) {
    const outcomes = read(raw, context)
    if (outcomes === null) continue
    if (source !== undefined) for (const outcome of outcomes) outcome.source = source
    return finished(outcomes)
  }
  // An EventBridge envelope without findings is recognized as another kind of event.
  if (typeof raw['detail-type'] === 'string' || Array.isArray(raw['detail-type'])) {
    throw new RejectedRecord('not_a_finding', { what: shown(raw['detail-type']) })
  }
  throw new RejectedRecord('unknown_format')
}

/**
 * The same outcomes with every resource type in one spelling, so that a filter by type finds what all sources report.
 */
function finished(outcomes: Outcome[]): Outcome[] {
  for (const { resource, otherResources } of withinLimits(outcomes)) {
    for (const each of [resource, ...otherResources]) each.type = toResourceType(each.type)
  }
  return outcomes
}
