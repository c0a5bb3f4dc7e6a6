import { ExternalLink } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Panel } from '../ui/layout/panel'

/** https://docs.aws.amazon.com/awssupport/latest/user/about-support-api.html */
const PAGE = 'https://docs.aws.amazon.com/awssupport/latest/user/aws-support-plans.html'

/** The coming changes of the support plans that pay for a source. */
export function SupportPlans({ accounts }: { accounts: number }) {
  const t = useTranslations('sources.plans')
  return (
    <Panel title={t('title')} id="support-plans">
      <p className="max-w-3xl text-pretty">{t('text')}</p>
      <ul className="mt-2 flex max-w-3xl list-disc flex-col gap-1 ps-5 text-pretty">
        <li>{t('developer')}</li>
        <li>{t('onRamp')}</li>
        <li>{t('checks')}</li>
      </ul>
      <p className="mt-2 max-w-3xl text-pretty font-semibold">{t('decide', { count: accounts })}</p>
      <a
        href={PAGE}
        rel="noreferrer noopener"
        target="_blank"
        className="mt-2 inline-flex items-center gap-1 text-accent hover:underline"
      >
        {t('page')}
        <ExternalLink aria-hidden className="size-3.5" />
      </a>
    </Panel>
  )
}
