import { startsAs } from '../domain/lifecycle'
import { type Outcome, reportsByControl } from '../domain/outcome'
import { type Scope, scopeOf } from './context'
import type { Fact } from './known-records'
import { SeenSet } from './seen'

export interface ClosingScope extends Scope {
  /** The newest update time that the document names in this scope. */
  newest: Date | null
  /** The controls that the document speaks of, of a source that reports by control; null: all there are. */
  controls: ReadonlySet<string> | null
}

/** The control whose resources a report lists. A failing summary lists none, which does not say that those known are gone. */
export function listedControl({ control, result, summary }: Outcome): string | undefined {
  return summary === 'stated' && result === 'failed' ? undefined : control
}

interface HeardScope extends ClosingScope {
  controls: Set<string> | null
}

/** What a document speaks of. */
export class Heard {
  readonly sightings = new SeenSet()
  readonly findings = new SeenSet()
  /** Findings of which a check could not tell. */
  readonly unclear = new SeenSet()
  /** By feedKey. */
  readonly scopes = new Map<string, HeardScope>()

  /** False where the document spoke of the same sighting before. */
  note({ feed, result, updatedAt, sighting, finding }: Fact, control?: string): boolean {
    if (startsAs(result)) this.findings.add(...finding)
    if (result === 'not_available') this.unclear.add(...finding)
    const scope = this.#scope(feed)
    if (control !== undefined) scope.controls?.add(control)
    if (updatedAt && (!scope.newest || updatedAt > scope.newest)) scope.newest = updatedAt
    return this.sightings.add(...sighting)
  }

  /** Makes the document speak of a feed of which it holds nothing. Of one that reports by control that would say nothing. */
  expect(feed: string): void {
    if (!reportsByControl(scopeOf(feed).source)) this.#scope(feed)
  }

  /** What is noted of feeds and, where they report by control, of controls. Of those in `held` the document was not complete. */
  remembered(complete: boolean, held: ReadonlySet<string>) {
    const scopes = [...this.scopes].map(([key, scope]) => ({ ...scope, whole: complete && !held.has(key) }))
    const feeds = scopes.map(scope => ({ ...scope, complete: scope.whole && !scope.controls }))
    const controls = scopes.flatMap(({ accountId, source, product, controls, whole }) =>
      whole && controls ? [...controls].map(control => ({ accountId, source, product, control })) : [],
    )
    return { feeds, controls }
  }

  #scope(feed: string): HeardScope {
    const known = this.scopes.get(feed)
    if (known) return known
    const named = scopeOf(feed)
    const scope = {
      ...named,
      newest: null,
      controls: reportsByControl(named.source) ? new Set<string>() : null,
    }
    this.scopes.set(feed, scope)
    return scope
  }
}
