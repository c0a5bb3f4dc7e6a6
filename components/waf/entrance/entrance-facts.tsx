import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { EntranceView } from '@/lib/domain/waf/views'
import { Fact, FactList } from '../../findings/facts/fact'
import { accountHref, resourceHref } from '../../findings/finding-links'
import { TeamNames } from '../../teams/teams-context'
import { CopyButton } from '../../ui/copy-button'
import { Panel } from '../../ui/layout/panel'
import { Day, RelativeTime } from '../../ui/relative-time'
import { NextStepText } from '../next-step-text'
import { RungText } from '../rung-text'

/** Where an entrance stands, and what it needs next. */
export function EntranceFacts({ entrance }: { entrance: EntranceView }) {
  const t = useTranslations()
  const { account, webAcl, behind } = entrance
  return (
    <Panel title={t('waf.standing')} aside={<RelativeTime date={entrance.judgedAt} />} className="flex flex-col gap-2">
      <p className="font-semibold">
        <RungText rung={entrance.rung} />
        <span className="ms-2 font-normal text-muted">{t(`waf.meanings.${entrance.rung ?? 'unknown'}`)}</span>
      </p>
      <FactList>
        <Fact name={t('waf.columns.next')}>
          <NextStepText next={entrance.next} />
        </Fact>
        <Fact name={t('waf.columns.kind')}>{t(`waf.kinds.${entrance.kind}`)}</Fact>
        {entrance.address ? (
          <Fact name={t('waf.columns.address')}>
            <span className="break-all font-mono text-xs leading-6">{visibleText(entrance.address)}</span>
          </Fact>
        ) : null}
        {behind ? (
          <Fact name={t('waf.columns.behind')}>
            {behind === 'cloudfront' ? t('waf.kinds.cloudfront') : visibleText(behind)}
          </Fact>
        ) : null}
        <Fact name={t('resource.id')}>
          <span className="flex items-start gap-1">
            <Link
              href={resourceHref({ accountId: account.id, region: entrance.region, resourceId: entrance.arn })}
              className="break-all font-mono text-accent text-xs leading-6 underline underline-offset-2"
            >
              {visibleText(entrance.arn)}
            </Link>
            <CopyButton text={entrance.arn} label={t('finding.copyResource')} />
          </span>
        </Fact>
        <Fact name={t('waf.columns.account')}>
          <Link href={accountHref(account.id)} className="text-accent underline underline-offset-2">
            {visibleText(account.name || account.id)}
          </Link>
          <span className="text-muted"> {t(`environment.${account.environment ?? 'unset'}`)}</span>
        </Fact>
        <Fact name={t('waf.columns.team')}>
          <TeamNames ids={[account.ownerTeam]} />
        </Fact>
        {webAcl ? (
          <>
            <Fact name={t('waf.columns.acl')}>{visibleText(webAcl.name)}</Fact>
            <Fact name={t('waf.columns.rulesSince')}>
              <Day date={webAcl.rulesSince} />
            </Fact>
          </>
        ) : null}
      </FactList>
    </Panel>
  )
}
