import { CheckRecord } from '../../domain/checks/record'
import { type Evidence, type Facts, mostEvidence } from '../../domain/findings/facts'
import type { Source } from '../source'
import { derivedId, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { clean } from '../values/text'
import { readTime } from '../values/time'

/** Results of Hinomi's own checks. Titles and explanations stand in lib/domain/controls/text. */
export const hinomi: Source<CheckRecord> = {
  recognises: record => record.checked === 1,
  parse: record => parseWith(CheckRecord, record),
  normalise({ account, control: name, check, evidence, resource, ...record }, { now }) {
    const accountId = requireAccount(account)
    const control = identify(name, 'control', accountId)
    const id = identify(resource.id, 'resource.id', accountId)
    return [
      {
        source: 'hinomi',
        product: 'Hinomi',
        nativeId: derivedId('Hinomi', check, control, id),
        class: 'posture',
        accountId,
        region: firstRegion(record.region),
        control,
        result: record.result,
        severity: record.severity,
        title: control,
        description: '',
        remediationText: '',
        remediationUrl: '',
        resource: { id, type: prose(resource.type, 'name') },
        otherResources: [],
        packageName: '',
        facts: observed(evidence),
        firstObservedAt: readTime(record.firstObservedAt, 'firstObservedAt', now, accountId),
        updatedAt: null,
      },
    ]
  },
}

/** Values may come from an uploaded record, or from a resource whose name holds any character. */
function observed(evidence: readonly Evidence[]): Facts | null {
  if (evidence.length === 0) return null
  const items = evidence.map(each =>
    typeof each.value === 'string' ? { ...each, value: clean(each.value, mostEvidence) } : each,
  )
  return { kind: 'observed', items }
}
