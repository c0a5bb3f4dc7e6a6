import { useTranslations } from 'next-intl'
import type { Person } from '@/lib/domain/views'
import { SourceText } from '../ui/source-text'

/** The owner of a finding; "unassigned" is marked with text and a dashed line. */
export function OwnerText({ owner, me }: { owner: Person | null; me: string }) {
  const t = useTranslations('findings')
  if (!owner) return <span className="border-muted border-b border-dashed text-muted">{t('nobody')}</span>
  return (
    <span title={owner.email}>
      <SourceText text={owner.name || owner.email} />
      {owner.id === me ? <span className="text-muted"> {t('you')}</span> : null}
    </span>
  )
}
