import type { RowKey } from '../../domain/identity/keys'
import type { Result } from '../../domain/imports/outcome'
import type { Key } from './id-set'
import type { Place } from './places'

/** An outcome without its texts: what a run keeps in memory of it until its end. */
export interface Fact {
  feed: RowKey<'feed'>
  result: Result
  sighting: Key
  finding: Key
  place: Place
}
