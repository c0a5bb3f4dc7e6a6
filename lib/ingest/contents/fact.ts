import type { RowKey } from '../../domain/identity/keys'
import type { Result } from '../../domain/imports/outcome'
import type { Key } from './id-set'
import type { Place } from './places'

/** What an outcome says, without its text: all that a run remembers of one until its end. */
export interface Fact {
  feed: RowKey<'feed'>
  result: Result
  sighting: Key
  finding: Key
  place: Place
}
