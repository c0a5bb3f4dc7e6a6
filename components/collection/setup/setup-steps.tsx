import { useTranslations } from 'next-intl'
import { partitions } from '@/lib/domain/collection/connection'
import type { ConnectionTestStep } from '@/lib/domain/collection/connection-test'
import { toText } from '@/lib/domain/collection/policy/document'
import { collectorPolicy, organizationPolicy, writeBackPolicy } from '@/lib/domain/collection/policy/policies'
import { pushTemplate } from '@/lib/domain/collection/policy/push-template'
import {
  memberRoleTemplate,
  organizationRoleTemplate,
  writeBackRoleTemplate,
} from '@/lib/domain/collection/policy/role-template'
import { stackSetTemplate } from '@/lib/domain/collection/policy/stackset-template'
import type { ConnectionView } from '@/lib/domain/collection/views'
import type { WriteBackView } from '@/lib/domain/collection/write-back/views'
import type { ActionResult } from '../../ui/action-result'
import { Panel } from '../../ui/layout/panel'
import type { ConnectionActions } from '../connections/connection-actions'
import { ConnectionTest } from './connection-test'
import { ExternalId } from './external-id'
import { type Caller, PrincipalFacts } from './principal'
import { Deploy, SetupStep } from './setup-step'
import { StartReading } from './start-reading'
import { TemplateText } from './template-text'

interface SetupStepsProps {
  connection: ConnectionView
  caller: Caller
  externalId: string
  /** Its role is created in a step of its own, which stays optional. */
  writeBack: Pick<WriteBackView, 'enabled' | 'roleName'>
  /** The id of the root of the organization; null as long as Hinomi has not read it. */
  root: string | null
  /** The Region in which stacks are created. */
  region: string
  change: ConnectionActions['change']
  test: (input: { id: string }) => Promise<ActionResult<AsyncIterable<ConnectionTestStep>>>
}

/** The shell looks the root up: Hinomi does not know it before it has read the organization. */
const FIND_ROOT = '"$(aws organizations list-roots --query \'Roots[0].Id\' --output text)"'

/** The steps of an administrator in AWS, in their order. */
export function SetupSteps(props: SetupStepsProps) {
  const { connection, caller, externalId, writeBack, root, region, change, test } = props
  const t = useTranslations('settings.connections.steps')
  const { accountId: account, roleName } = connection
  const isOrganization = connection.kind === 'organization'
  const partition = partitions.find(each => each === connection.partition) ?? 'aws'
  const principal = caller.identity?.principal ?? null
  const trust = principal && { caller: principal, externalId, roleName }
  const writeTrust = principal && { caller: principal, externalId, roleName: writeBack.roleName }
  const deploy = (stack: string, file: string, more = '') =>
    `aws cloudformation deploy --region ${region} --stack-name ${stack} --template-file ${file} --capabilities CAPABILITY_NAMED_IAM${more}`

  const steps = [
    {
      id: 'principal',
      title: t('principal.title'),
      lead: t('principal.text'),
      content: (
        <PrincipalFacts
          caller={caller}
          connection={connection}
          {...(writeBack.enabled && { writeRole: writeBack.roleName })}
        />
      ),
    },
    {
      id: 'external-id',
      title: t('externalId.title'),
      lead: t('externalId.text'),
      content: <ExternalId externalId={externalId} />,
    },
    isOrganization
      ? {
          id: 'role',
          title: t('managementRole.title', { account }),
          lead: t('managementRole.text'),
          content: (
            <Deploy
              file="hinomi-management-role.json"
              text={trust && toText(organizationRoleTemplate(trust))}
              place={t('stackConsole', { account })}
              commands={[deploy('hinomi-role', 'hinomi-management-role.json')]}
            />
          ),
        }
      : {
          id: 'role',
          title: t('accountRole.title', { account }),
          lead: t('accountRole.text'),
          content: (
            <Deploy
              file="hinomi-role.json"
              text={trust && toText(memberRoleTemplate(trust))}
              place={t('stackConsole', { account })}
              commands={[deploy('hinomi-role', 'hinomi-role.json')]}
            />
          ),
        },
    ...(isOrganization
      ? [
          {
            id: 'members',
            title: t('memberRoles.title'),
            lead: t('memberRoles.text'),
            content: (
              <Deploy
                file="hinomi-stackset.json"
                text={trust && toText(stackSetTemplate({ ...trust, units: root ? [root] : [], region }))}
                place={t(root ? 'memberRoles.consoleOfRoot' : 'memberRoles.console', { account, root: root ?? '' })}
                commands={[
                  `aws cloudformation activate-organizations-access --region ${region}`,
                  deploy(
                    'hinomi-stackset',
                    'hinomi-stackset.json',
                    ` --parameter-overrides OrganizationalUnitIds=${root ?? FIND_ROOT}`,
                  ),
                ]}
              />
            ),
          },
        ]
      : []),
    {
      id: 'policy',
      title: t('policy.title'),
      lead: t('policy.text'),
      content: (
        <>
          <p className="font-medium text-xs">{t('policy.every')}</p>
          <TemplateText file="hinomi-policy.json" text={toText(collectorPolicy(partition))} />
          {isOrganization ? (
            <>
              <p className="font-medium text-xs">{t('policy.management', { account })}</p>
              <TemplateText file="hinomi-organization-policy.json" text={toText(organizationPolicy())} />
            </>
          ) : null}
          <p className="font-medium text-xs">{t('writeBack.title')}</p>
          <TemplateText file="hinomi-write-back-policy.json" text={toText(writeBackPolicy())} />
        </>
      ),
    },
    {
      id: 'events',
      title: t('events.title'),
      lead: t('events.text'),
      optional: true,
      content: (
        <Deploy
          file="hinomi-events.json"
          text={toText(pushTemplate(roleName))}
          place={t('events.console')}
          commands={[
            'aws cloudformation deploy --region REGION --stack-name hinomi-events --template-file hinomi-events.json',
          ]}
        />
      ),
    },
    {
      id: 'write-back',
      title: t('writeBack.title'),
      lead: t('writeBack.text'),
      optional: true,
      content: (
        <Deploy
          file="hinomi-write-back-role.json"
          text={writeTrust && toText(writeBackRoleTemplate(writeTrust))}
          place={t('writeBack.console')}
          commands={[deploy('hinomi-write-back', 'hinomi-write-back-role.json')]}
        />
      ),
    },
    {
      id: 'test',
      title: t('test.title'),
      lead: t('test.text'),
      content: <ConnectionTest id={connection.id} test={test} />,
    },
    {
      id: 'start',
      title: t('start.title'),
      lead: t('start.text'),
      content: <StartReading connection={connection} change={change} />,
    },
  ]
  return (
    <Panel id="steps" title={t('label')}>
      <ol className="flex flex-col">
        {steps.map(({ id, title, lead, content, ...more }, n) => (
          <SetupStep key={id} number={n + 1} title={title} lead={lead} {...more}>
            {content}
          </SetupStep>
        ))}
      </ol>
    </Panel>
  )
}
