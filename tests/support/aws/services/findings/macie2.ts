import type * as Macie from '@aws-sdk/client-macie2'
import type { Finding } from '@aws-sdk/client-macie2'
import { AwsError } from '../../wire/aws-error'
import { type Call, type Handlers, pageOf, seenBy } from '../handler'

const PAGE = 50

type Names = 'EnableMacie' | 'GetMacieSession' | 'ListFindings' | 'GetFindings' | 'ListMembers'

export const macie2: Handlers<typeof Macie, Names> = {
  EnableMacie(_, call) {
    call.store.set('macie2.enabled', call, true)
    return {}
  },
  GetMacieSession(_, call) {
    requireSession(call)
    return { status: 'ENABLED', findingPublishingFrequency: 'FIFTEEN_MINUTES' }
  },
  ListFindings({ findingCriteria, nextToken, maxResults = PAGE }, call) {
    requireSession(call)
    const criteria = Object.entries(findingCriteria?.criterion ?? {})
    const fitting = findingsOf(call).filter(finding =>
      criteria.every(([name, { gte, lte, eq }]) => {
        if (name === 'archived') return !eq || eq.includes(String(finding.archived ?? false))
        if (name === 'accountId') return !eq || eq.includes(String(finding.accountId))
        if (name !== 'updatedAt') throw new AwsError('ValidationException', `The emulator does not know ${name}.`)
        const at = finding.updatedAt?.getTime() ?? 0
        return (gte === undefined || at >= gte) && (lte === undefined || at <= lte)
      }),
    )
    const { items, next } = pageOf(fitting, nextToken, maxResults)
    return { findingIds: items.map(({ id }) => String(id)), nextToken: next }
  },
  GetFindings({ findingIds = [] }, call) {
    requireSession(call)
    if (findingIds.length > PAGE) throw new AwsError('ValidationException', `At most ${PAGE} findings are allowed.`)
    return { findings: findingsOf(call).filter(({ id }) => findingIds.includes(String(id))) }
  },
  ListMembers(_, call) {
    requireSession(call)
    const members = call.store.get('macie2.members', { account: call.account })
    return {
      members: members.map(accountId => {
        return { accountId, administratorAccountId: call.account, relationshipStatus: 'Enabled' as const }
      }),
    }
  },
}

function findingsOf(call: Call): Finding[] {
  return seenBy(call, 'macie2.members').flatMap(place => call.store.list('macie2.finding', place))
}

/** Macie answers "access denied" where it is not enabled. */
function requireSession({ store, account, region }: Call): void {
  if (store.get('macie2.enabled', { account, region })) return
  throw new AwsError('AccessDeniedException', 'Macie is not enabled.', 403)
}
