import { useLocale, useTranslations } from 'next-intl'
import { type PaidServiceId, paidServiceDefinition } from '@/lib/domain/collection/paid-services/paid-services'
import { Panel } from '../ui/layout/panel'

interface ProtectionPanelProps {
  subscribed: number
  protectedResources: number
  policies: number
}

/** The services beside web ACLs that protect entrances, and whether they are used. */
export function ProtectionPanel({ subscribed, protectedResources, policies }: ProtectionPanelProps) {
  const t = useTranslations('waf.protection')
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  const lines: [PaidServiceId, string][] = [
    ['shield', t('shield', { accounts: subscribed, resources: protectedResources })],
    ['firewall-manager', t('manager', { policies })],
  ]
  return (
    <Panel title={t('title')}>
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[max-content_1fr]">
        {lines.map(([id, text]) => (
          <div key={id} className="contents">
            <dt className="font-semibold">{paidServiceDefinition(id)?.name[locale]}</dt>
            <dd className="mb-1 sm:mb-0">{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
