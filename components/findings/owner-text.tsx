import { useTranslations } from 'next-intl'
import type { Person } from '@/lib/domain/views'

/** Whose a finding is; nobody's is marked with words and a broken line. */
export function OwnerText({ owner, me }: { owner: Person | null; me: string }) {
  const t = useTranslations('findings')
  if (!owner) return <span className="border-muted border-b border-dashed text-muted">{t('nobody')}</span>
  return (
    <span title={owner.email}>
      {owner.name || owner.email}
      {owner.id === me ? <span className="text-muted"> {t('you')}</span> : null}
    </span>
  )
}
