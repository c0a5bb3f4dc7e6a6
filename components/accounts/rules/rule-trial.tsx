'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import {
  type AccountRule,
  type RuledField,
  type RuleTrial,
  ruledFields,
  type TryAccountRule,
} from '@/lib/domain/accounts/rules'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { RulePlace } from '../../policies/rules-form'
import { type ActionResult, orThrow } from '../../ui/action-result'
import { useRuledWords } from './ruled-words'

/** So long nothing is typed before accounts are looked for. */
const WAIT_MS = 300

export interface RuleTrialProps {
  draft: AccountRule
  place: RulePlace<AccountRule>
  tryRule: (input: z.input<typeof TryAccountRule>) => Promise<ActionResult<RuleTrial>>
  /** How many accounts the draft selects. */
  onTried: (draft: AccountRule, total: number) => void
}

type Found = { state: 'none' | 'pending' | 'failed' } | { state: 'found'; trial: RuleTrial }

/** The accounts that a rule selects while it is edited, with what would change for them. */
export function RuleTrialResult({ draft, place, tryRule, onTried }: RuleTrialProps) {
  const t = useTranslations('settings.account-rules')
  const [found, setFound] = useState<Found>({ state: 'none' })
  const latest = useRef({ draft, place, tryRule, onTried })
  latest.current = { draft, place, tryRule, onTried }
  // The name decides nothing.
  const { name: _, ...conditions } = draft
  const asked = draft.unit === null && draft.tag === null ? '' : JSON.stringify(conditions)

  useEffect(() => {
    if (asked === '') {
      setFound({ state: 'none' })
      return
    }
    let stale = false
    setFound(before => (before.state === 'found' ? before : { state: 'pending' }))
    const timer = setTimeout(async () => {
      const { draft, place, tryRule, onTried } = latest.current
      try {
        const trial = orThrow(await tryRule({ rules: [...place.rules], at: place.at, draft }))
        if (stale) return
        setFound({ state: 'found', trial })
        onTried(draft, trial.total)
      } catch {
        if (!stale) setFound({ state: 'failed' })
      }
    }, WAIT_MS)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [asked])

  return (
    <section aria-label={t('trial')} className="rounded-lg bg-surface-secondary px-3 py-2 text-xs">
      <p role="status" className={found.state === 'failed' ? 'text-bad' : 'text-muted'}>
        {found.state === 'none' ? t('trialNeeds') : null}
        {found.state === 'pending' ? t('trialPending') : null}
        {found.state === 'failed' ? t('trialFailed') : null}
        {found.state === 'found' ? t('trialCount', { total: found.trial.total, changing: found.trial.changing }) : null}
      </p>
      {found.state === 'found' ? <Accounts trial={found.trial} /> : null}
    </section>
  )
}

function Accounts({ trial: { accounts, total } }: { trial: RuleTrial }) {
  const t = useTranslations('settings.account-rules')
  const format = useFormatter()
  const words = useRuledWords()
  const changed = (field: RuledField, { before, after }: RuleTrial['accounts'][number]) =>
    before[field] === after[field] ? null : `${words[field](before)} → ${words[field](after)}`
  return (
    <>
      <ul className="mt-1 max-h-40 divide-y divide-separator overflow-y-auto">
        {accounts.map(account => {
          const changes = ruledFields.flatMap(field => changed(field, account) ?? [])
          return (
            <li key={account.id} className="flex flex-wrap gap-x-3 py-1">
              <span className="min-w-32 flex-1 break-words">{visibleText(account.name || account.id)}</span>
              <span className={changes.length > 0 ? 'font-semibold' : 'text-muted'}>
                {changes.length > 0 ? changes.join(' · ') : t('trialSame')}
              </span>
            </li>
          )
        })}
      </ul>
      {total > accounts.length ? (
        <p className="pt-1 text-muted">{t('more', { count: format.number(total - accounts.length) })}</p>
      ) : null}
    </>
  )
}
