import type { Outcome } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { MAX_ID_BYTES } from '../values/fields'

/**
 * The fields that identify a problem are in B-tree keys, alone or in pairs, and a key has at most 2,704 bytes:
 * https://www.postgresql.org/docs/18/btree.html. A longer one would make PostgreSQL refuse every record of its batch.
 */
const MAX_CONTROL_BYTES = 512
const MAX_REGION_BYTES = 64

/** Security Hub sends at most 32 resources with a finding. More would be stored with every outcome of the record. */
const MAX_OTHER_RESOURCES = 100

/** The outcomes that can be stored. Throws RejectedRecord if an identifying field is missing or too long. */
export function withinLimits(outcomes: Outcome[]): Outcome[] {
  for (const outcome of outcomes) {
    const { control, nativeId, resource, region, accountId } = outcome
    requireName('control', control, MAX_CONTROL_BYTES, accountId)
    requireName('resource', resource.id, MAX_ID_BYTES, accountId)
    // The whole identity of a threat.
    requireName('id', nativeId, MAX_ID_BYTES, accountId)
    requireName('region', region, MAX_REGION_BYTES, accountId)
    // Nothing was ever stored under such a name.
    if ((outcome.former?.region?.length ?? 0) > MAX_REGION_BYTES) delete outcome.former?.region
    if (outcome.otherResources.length > 0)
      outcome.otherResources = outcome.otherResources.filter(({ id }) => id.trim() !== '').slice(0, MAX_OTHER_RESOURCES)
  }
  return outcomes
}

function requireName(field: string, name: string, maxBytes: number, accountId: string): void {
  if (name.trim() === '') throw new RejectedRecord('missing_field', { field }, accountId)
  if (name.length * 3 > maxBytes && Buffer.byteLength(name) > maxBytes)
    throw new RejectedRecord('bad_field', { field }, accountId)
}
