import { useTranslations } from 'next-intl'
import type { AccountRow } from '@/lib/domain/views'
import { Chip } from '../ui/chip'

/** Unusual states of an account: not registered, silent, or removed from the organization. */
export function AccountState({
  account,
}: {
  account: Pick<AccountRow, 'origin' | 'silent' | 'closedAt' | 'closedReason'>
}) {
  const t = useTranslations('accounts')
  return (
    <>
      {account.origin === 'discovered' ? <Chip title={t('discoveredHint')}>{t('discovered')}</Chip> : null}
      {account.closedAt ? (
        <Chip title={t('closedHint', { reason: account.closedReason })}>{t('closed')}</Chip>
      ) : account.silent ? (
        <Chip title={t('silentHint')}>{t('silent')}</Chip>
      ) : null}
    </>
  )
}
