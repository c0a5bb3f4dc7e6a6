import { startsAs } from '../domain/lifecycle'
import type { ClosingScope } from './close-absent'
import { scopeOf } from './context'
import type { Fact } from './known-records'
import { SeenSet } from './seen'

/** What a document speaks of. */
export class Heard {
  readonly sightings = new SeenSet()
  readonly findings = new SeenSet()
  /** By feedKey. */
  readonly scopes = new Map<string, ClosingScope>()

  /** False where the document spoke of the same sighting before. */
  note({ feed, result, updatedAt, sighting, finding }: Fact): boolean {
    if (startsAs(result)) this.findings.add(...finding)
    const scope = this.scopes.get(feed)
    if (!scope) this.scopes.set(feed, { ...scopeOf(feed), lastCompleteAt: null, newest: updatedAt })
    else if (updatedAt && (!scope.newest || updatedAt > scope.newest)) scope.newest = updatedAt
    return this.sightings.add(...sighting)
  }
}
