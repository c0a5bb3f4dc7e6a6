import { controlSeverity } from '../../lib/domain/controls/severities'
import type { Severity } from '../../lib/domain/findings/severity'
import type { Control } from './catalogue/control'
import { controls } from './catalogue/controls'
import {
  type ProwlerCheck,
  prowlerChecks,
  type Threat,
  threats,
  type Weakness,
  weaknesses,
} from './catalogue/other-tools'
import { accounts, type DemoAccount } from './organisation'
import { between, type Random, random } from './random'
import { migration, type Resource, resourcesOf } from './resources'

/** The subject of a tool's check on one resource. */
export type About =
  | { tool: 'security-hub'; control: Control; severity: Severity }
  | { tool: 'prowler'; check: ProwlerCheck }
  | { tool: 'inspector'; weakness: Weakness }
  | { tool: 'guardduty'; threat: Threat }

/** A check of a tool on a resource, and the days on which it is a problem: half-open spans of days. */
export interface Watch {
  account: DemoAccount
  resource: Resource
  about: About
  /** The days on which the resource exists. */
  exists: Span
  spans: Span[]
}
type Span = readonly [from: number, until: number]

/** Days after its end on which a tool still reports a past problem as archived. */
const ARCHIVED_DAYS = 3

/** The tool's result on a day; null without a record. */
export function resultOn(watch: Watch, day: number): 'failed' | 'passed' | 'archived' | null {
  if (!within(watch.exists, day)) return null
  if (watch.spans.some(span => within(span, day))) return 'failed'
  if (watch.about.tool === 'security-hub' || watch.about.tool === 'prowler') return 'passed'
  return watch.spans.some(([, until]) => day >= until && day < until + ARCHIVED_DAYS) ? 'archived' : null
}

function within([from, until]: Span, day: number): boolean {
  return day >= from && day < until
}

/** All watches of a history of this many days. A short history contains the same events, closer together. */
export function watches(days: number): Watch[] {
  return accounts.flatMap(account => {
    const resources = resourcesOf(account)
    return [
      ...controls.flatMap(control => controlWatches(account, control, resources)),
      ...(account.prowler === 'no' ? [] : prowlerChecks.flatMap(check => prowlerWatches(account, check, resources))),
      ...weaknesses.flatMap(weakness => weaknessWatches(account, weakness, resources)),
      ...threats.flatMap(threat => threatWatches(account, threat, resources)),
    ].map(draft => toWatch(draft, days))
  })
}

/** A watch whose times are parts of the history: 0 is the first day, 1 the last, above 1 after it. */
type Draft = Pick<Watch, 'account' | 'resource' | 'about'> & { parts: Span[] }
const AFTER = 2

function toWatch({ parts, ...watch }: Draft, days: number): Watch {
  const toDay = (part: number) => (part > 1 ? Number.POSITIVE_INFINITY : Math.round(part * (days - 1)))
  const exists: Span = [toDay(watch.resource.from), toDay(watch.resource.until)]
  const spans = parts
    .map(([from, until]): Span => [Math.max(toDay(from), exists[0]), Math.max(toDay(until), toDay(from) + 1)])
    .filter(([from], n, all) => n === 0 || from > (all[n - 1]?.[1] ?? 0))
  return { ...watch, exists, spans }
}

/** How often a weak control fails, and how long a failure lasts that is fixed. */
const HABITS: Record<Severity, { weak: number; share: number; lasts: Span; left: number }> = {
  critical: { weak: 0.6, share: 0.14, lasts: [0.02, 0.09], left: 0.2 },
  high: { weak: 0.8, share: 0.35, lasts: [0.06, 0.35], left: 0.3 },
  medium: { weak: 1, share: 0.6, lasts: [0.1, 0.9], left: 0.45 },
  low: { weak: 1, share: 0.65, lasts: [0.1, 0.9], left: 0.5 },
  informational: { weak: 1, share: 0.6, lasts: [0.1, 0.9], left: 0.5 },
}

/** Controls that often fail after a hurried migration. */
const FORGOTTEN = ['EC2.8', 'EC2.9', 'EC2.13', 'EC2.18', 'EC2.19', 'S3.5', 'S3.8', 'S3.9', 'ELB.1', 'ELB.16', 'ECS.2']

function controlWatches(account: DemoAccount, control: Control, resources: Resource[]): Draft[] {
  const [id, kind] = control
  const severity = controlSeverity(id) ?? 'medium'
  const own = random('control', account.id, id)
  // GuardDuty is on wherever it has detections.
  const holds = id === 'GuardDuty.1' && threats.some(threat => threat[4] === account.prefix)
  const isWeak = !holds && own() < account.weak * HABITS[severity].weak
  const fixedAt = own() < account.pace ? between(own, 0.15, 1.1) : null
  return resources
    .filter(resource => resource.kind === kind)
    .map(resource => {
      const next = random('span', account.id, id, resource.id)
      const isMoved = resource.from === migration.from && FORGOTTEN.includes(id)
      const parts = isMoved
        ? movedParts(next)
        : isWeak
          ? weakParts(next, severity, fixedAt, kind === 'account' || kind === 'region')
          : holds
            ? []
            : slip(next)
      return { account, resource, about: { tool: 'security-hub', control, severity } as const, parts }
    })
}

/** Caused by the migration; most of it is fixed within two weeks. */
function movedParts(next: Random): Span[] {
  if (next() > 0.7) return []
  const from = between(next, migration.from, migration.until)
  return [[from, next() < 0.2 ? AFTER : from + between(next, 0.05, 0.3)]]
}

function weakParts(next: Random, severity: Severity, fixedAt: number | null, isAlone: boolean): Span[] {
  const { share, lasts, left } = HABITS[severity]
  if (next() > (isAlone ? 0.8 : share)) return []
  const isOld = next() < (severity === 'critical' ? 0.15 : 0.75)
  const from = isOld ? 0 : between(next, 0.02, 1)
  const staysOpen = next() < left
  const until =
    fixedAt && fixedAt > from ? between(next, from, fixedAt) : staysOpen ? AFTER : from + between(next, ...lasts)
  return comesBack(next, [from, until])
}

/** Sometimes a check that usually passes fails for a while. */
function slip(next: Random): Span[] {
  if (next() > 0.02) return []
  const from = between(next, 0.1, 1)
  return comesBack(next, [from, from + between(next, 0.03, 0.12)])
}

/** Some fixed problems return, and some of these stay. */
function comesBack(next: Random, [from, until]: Span): Span[] {
  if (until > 0.85 || next() > 0.12) return [[from, until]]
  const again = until + between(next, 0.04, 0.15)
  return [
    [from, until],
    [again, next() < 0.5 ? AFTER : again + between(next, 0.05, 0.2)],
  ]
}

function prowlerWatches(account: DemoAccount, check: ProwlerCheck, resources: Resource[]): Draft[] {
  const [id, kind, label] = check
  const severity = label === 'Critical' ? 'critical' : label === 'High' ? 'high' : label === 'Medium' ? 'medium' : 'low'
  const own = random('prowler', account.id, id)
  const isWeak = own() < account.weak * 1.2 * HABITS[severity].weak
  const fixedAt = own() < account.pace ? between(own, 0.3, 1.1) : null
  return resources
    .filter(resource => resource.kind === kind)
    .map(resource => {
      const next = random('prowler span', account.id, id, resource.id)
      const parts = isWeak && next() < 0.5 ? weakParts(next, severity, fixedAt, false) : []
      return { account, resource, about: { tool: 'prowler', check } as const, parts }
    })
}

/** Share of affected resources without an updated package, and the time until an update. */
const UPDATES: Record<Weakness[3], { left: number; lasts: Span }> = {
  CRITICAL: { left: 0.12, lasts: [0.03, 0.1] },
  HIGH: { left: 0.14, lasts: [0.08, 0.4] },
  MEDIUM: { left: 0.45, lasts: [0.08, 0.5] },
}

function weaknessWatches(account: DemoAccount, weakness: Weakness, resources: Resource[]): Draft[] {
  const [cve, name, , label, kind] = weakness
  const known = between(random('weakness', cve), -0.4, 0.97)
  return resources.flatMap(resource => {
    const next = random('vulnerable', account.id, name, resource.id)
    if (resource.kind !== kind || next() > 0.28) return []
    const from = Math.max(0, known, resource.from)
    const { left, lasts } = UPDATES[label]
    const until = next() < left ? AFTER : from + between(next, ...lasts)
    return [{ account, resource, about: { tool: 'inspector', weakness } as const, parts: [[from, until] as const] }]
  })
}

function threatWatches(account: DemoAccount, threat: Threat, resources: Resource[]): Draft[] {
  const [, , kind, , prefix, from, length] = threat
  const resource = resources.find(one => one.kind === kind && one.from <= from && one.until > 1)
  if (prefix !== account.prefix || !resource) return []
  return [{ account, resource, about: { tool: 'guardduty', threat } as const, parts: [[from, from + length] as const] }]
}
