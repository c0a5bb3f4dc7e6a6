'use server'

import type { Access } from '@/lib/access/proof'
import { action } from '@/lib/action'
import {
  DecideException,
  EndException,
  PreviewRule,
  RequestForFinding,
  RequestRule,
} from '@/lib/domain/exceptions/exception'
import { ReviewException } from '@/lib/domain/exceptions/review'
import { previewRule } from '@/lib/queries/exceptions/exceptions'
import { applyException } from '@/lib/store/exceptions/apply'
import { decideException, endException } from '@/lib/store/exceptions/decide'
import { requestException, requestRule } from '@/lib/store/exceptions/request'
import { reviewException } from '@/lib/store/exceptions/review'

const pages = [
  '/',
  '/exceptions',
  '/findings',
  '/findings/[findingId]',
  '/accounts',
  '/accounts/[accountId]',
  '/accounts/[accountId]/resource',
  '/teams/[team]',
] as const
/** Pages of 1,000 findings that are updated with the decision; the worker does the rest. */
const AT_ONCE = 5

async function applied(
  access: Access<'exceptions:request'> | Access<'exceptions:approve'>,
  decided: { id: number },
): Promise<{ id: number }> {
  await applyException(access, decided.id, AT_ONCE)
  return decided
}

export const askForFinding = action({
  needs: 'exceptions:request',
  input: RequestForFinding,
  run: requestException,
  refresh: pages,
})
export const askForRule = action({ needs: 'exceptions:request', input: RequestRule, run: requestRule, refresh: pages })
export const decide = action({
  needs: 'exceptions:approve',
  input: DecideException,
  run: async (access, input) => applied(access, await decideException(access, input)),
  refresh: pages,
})
export const end = action({
  needs: 'exceptions:request',
  input: EndException,
  run: async (access, input) => applied(access, await endException(access, input)),
  refresh: pages,
})
export const review = action({
  needs: 'exceptions:approve',
  input: ReviewException,
  run: reviewException,
  refresh: pages,
})
export const preview = action({ needs: 'findings:read', input: PreviewRule, run: previewRule })
