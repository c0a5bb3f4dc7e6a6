import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { DecidedBy } from '@/lib/domain/accounts/rules'
import { visibleText } from '@/lib/domain/text/visible-text'
import { Chip } from '../../ui/chip'

/** A value of an account, with who decided it. */
export function Decided({ by, children }: { by: DecidedBy['itScope']; children: ReactNode }) {
  const t = useTranslations('account')
  if (!by) return <Chip>{children}</Chip>
  const words = by.rule === null ? t('byHand') : t('byRule')
  return (
    <Chip {...(by.rule === null ? {} : { title: t('byRuleNamed', { name: visibleText(by.rule) }) })}>
      {children} <span className="text-muted">({words})</span>
    </Chip>
  )
}
