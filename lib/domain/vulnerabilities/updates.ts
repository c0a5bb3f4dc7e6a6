import { type Severity, severities } from '../findings/severity'
import { highestVersion } from './versions'

/** An open vulnerability of a resource with the packages that its sources name. */
export interface OpenVulnerability {
  id: string
  severity: Severity
  packages: readonly { name: string; fixed: string | null }[]
}

/** An update of packages of one resource, and what it closes. */
export interface Update {
  packages: string[]
  /** The version that closes all of them; null where the packages have versions of their own. */
  version: string | null
  /** Open vulnerabilities by severity, without the one that was asked for. */
  others: Partial<Record<Severity, number>>
  closes: number
}

/** The update that closes a vulnerability, and what else can be closed on its resource. */
export interface UpdateOfFinding {
  update: Update | null
  /** Open vulnerabilities of the resource that have a fix. */
  fixable: Partial<Record<Severity, number>>
  total: number
  /** It is built as a whole, so that a new one closes all of them. */
  isImage: boolean
}

/**
 * The update that closes one vulnerability of a resource, with the others that it closes too: those whose packages are all
 * among the updated ones. Null where no source names a fixed version for each package.
 */
export function updateFor(id: string, all: readonly OpenVulnerability[]): Update | null {
  const own = all.find(each => each.id === id)
  const names = own && fixableNames(own)
  if (!names) return null
  const updated = new Set(names)
  const closed = all.filter(each => fixableNames(each)?.every(name => updated.has(name)) === true)
  // Packages of one source have one version: a fix that names the same for all of them shows that they are.
  const isOneSource = new Set(own.packages.map(({ fixed }) => fixed)).size === 1
  const versions = isOneSource ? closed.flatMap(({ packages }) => packages.flatMap(({ fixed }) => fixed ?? [])) : []
  const others = closed.filter(each => each.id !== id)
  return { packages: names, version: highestVersion(versions), others: bySeverity(others), closes: others.length }
}

/** The names of the packages of a vulnerability; null if it has none, or one without a fixed version. */
function fixableNames({ packages }: OpenVulnerability): string[] | null {
  if (packages.length === 0 || packages.some(({ fixed }) => fixed === null)) return null
  return [...new Set(packages.map(({ name }) => name))].sort()
}

export function bySeverity(all: readonly { severity: Severity }[]): Partial<Record<Severity, number>> {
  const counted = severities.map(severity => [severity, all.filter(each => each.severity === severity).length] as const)
  return Object.fromEntries(counted.filter(([, count]) => count > 0))
}
