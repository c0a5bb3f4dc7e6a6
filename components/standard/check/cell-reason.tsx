import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { unsolvedStatuses } from '@/lib/domain/findings/status'
import type { StandardCell } from '@/lib/domain/standard/api-standard'
import { visibleText } from '@/lib/domain/text/visible-text'
import { useCollectorName } from '../../collection/collector-name'
import { cellFindingsHref, EXCEPTED, standardLink } from '../standard-links'

interface CellReasonProps {
  account: string
  cell: StandardCell
  /** How many missing cells are named; of the others there is the number. */
  named?: number
}

const link = 'underline underline-offset-2 hover:text-accent'

/** How many findings fail, with a link to just these, or why there is no result. */
export function CellReason({ account, cell, named = 1 }: CellReasonProps) {
  const t = useTranslations('standard.checklist')
  const { check, state, failed, excepted, unexamined, unknown, reason } = cell
  if (state === 'off') return visibleText(reason ?? '')
  if (state === 'failed' || state === 'excepted') {
    return (
      <>
        {state === 'failed' ? (
          <Link
            href={cellFindingsHref(account, check, failed > 0 ? unsolvedStatuses : ['resolved'])}
            prefetch={false}
            className={link}
          >
            {failed > 0 ? t('findings', { count: failed }) : t('resolvedByHand')}
          </Link>
        ) : null}
        {state === 'failed' && excepted > 0 ? ' · ' : null}
        {excepted > 0 ? (
          <Link href={cellFindingsHref(account, check, EXCEPTED)} prefetch={false} className={link}>
            {t(state === 'excepted' ? 'findings' : 'exceptedFindings', { count: excepted })}
          </Link>
        ) : null}
      </>
    )
  }
  if (state !== 'unexamined') return null
  const href = standardLink(account, cell)
  const missing = unexamined.length > 0 ? <Missing missing={unexamined} named={named} /> : null
  const words = missing ?? (unknown > 0 ? t('unknown', { count: unknown }) : t('notRead'))
  return href ? (
    <Link href={href} prefetch={false} className={link}>
      {words}
    </Link>
  ) : (
    words
  )
}

function Missing({ missing, named }: { missing: StandardCell['unexamined']; named: number }) {
  const t = useTranslations()
  const collectorName = useCollectorName()
  const words = missing.map(({ state, action, collector, region }) => {
    if (state === 'not_evaluated') return t('standard.checklist.notEvaluated')
    if (action) return t('standard.checklist.denied', { action })
    const name = collectorName(collector)
    const place = region === 'global' ? name : t('standard.checklist.place', { collector: name, region })
    const words = state === 'unread' ? t('coverage.neverRead') : t(`coverage.states.${state}`)
    return t('standard.checklist.missing', { place, state: words })
  })
  const shown = [...new Set(words)].slice(0, named)
  const more = missing.length - shown.length
  return `${shown.join(t('common.listSeparator'))}${more > 0 ? ` +${more}` : ''}`
}
