import { ElasticLoadBalancingV2Client, paginateDescribeLoadBalancers } from '@aws-sdk/client-elastic-load-balancing-v2'
import { GuardDutyClient, ListDetectorsCommand, ListFindingsCommand } from '@aws-sdk/client-guardduty'
import { GetAccountAuthorizationDetailsCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations'
import { GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub'
import {
  GetWebACLForResourceCommand,
  ListLoggingConfigurationsCommand,
  ListResourcesForWebACLCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2'
import { expect } from 'vitest'
import { createOrganisation, REGION } from '../../support/aws/organisation/organisation'
import { asHome, asMember } from '../../support/aws/sessions'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const EXTERNAL_ID = '0123456789abcdef0123456789abcdef'

stopAtEnd()

test('an organization of three accounts is built through the API', { timeout: START_MS }, async ({ emulator }) => {
  const { accounts, payments } = await createOrganisation(emulator, EXTERNAL_ID)
  expect(new Set(accounts).size).toBe(3)
  expect(emulator.unanswered).toEqual([])
  expect(emulator.calls.total()).toBe(0)

  const organizations = new OrganizationsClient(asHome(emulator, 'us-east-1'))
  const root = (await organizations.send(new ListRootsCommand({}))).Roots?.[0]?.Id
  const units = await organizations.send(new ListOrganizationalUnitsForParentCommand({ ParentId: root }))
  expect(units.OrganizationalUnits?.map(({ Name }) => Name).sort()).toEqual(['Production', 'Sandbox'])
  const ParentId = units.OrganizationalUnits?.find(({ Name }) => Name === 'Production')?.Id
  const { Accounts } = await organizations.send(new ListAccountsForParentCommand({ ParentId }))
  expect(Accounts?.map(({ Id }) => Id)).toEqual([payments])
  const { Tags } = await organizations.send(new ListTagsForResourceCommand({ ResourceId: payments }))
  expect(Tags).toContainEqual({ Key: 'environment', Value: 'production' })

  const own = new OrganizationsClient(await asMember(emulator, payments, EXTERNAL_ID, 'us-east-1'))
  await expect(own.send(new ListRootsCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  const administrator = { AccountId: payments, ServicePrincipal: 'securityhub.amazonaws.com' }
  await organizations.send(new RegisterDelegatedAdministratorCommand(administrator))
  expect((await own.send(new ListAccountsCommand({}))).Accounts).toHaveLength(3)

  for (const account of accounts) {
    const member = await asMember(emulator, account, EXTERNAL_ID, REGION)
    expect((await new SecurityHubClient(member).send(new GetFindingsCommand({}))).Findings).toHaveLength(3)
    const threats = new GuardDutyClient(member)
    const DetectorId = (await threats.send(new ListDetectorsCommand({}))).DetectorIds?.[0]
    expect((await threats.send(new ListFindingsCommand({ DetectorId }))).FindingIds).toHaveLength(1)
  }

  const member = await asMember(emulator, payments, EXTERNAL_ID, REGION)
  const balancers = new Map<string, string>()
  for await (const page of paginateDescribeLoadBalancers({ client: new ElasticLoadBalancingV2Client(member) }, {})) {
    for (const one of page.LoadBalancers ?? []) balancers.set(one.LoadBalancerName ?? '', one.LoadBalancerArn ?? '')
  }
  const waf = new WAFV2Client(member)
  const aclOf = async (name: string) =>
    (await waf.send(new GetWebACLForResourceCommand({ ResourceArn: balancers.get(name) }))).WebACL
  const acl = await aclOf('shop')
  expect(acl?.Rules?.map(({ OverrideAction }) => OverrideAction)).toEqual([{ Count: {} }, { None: {} }])
  expect(await aclOf('backoffice')).toBeUndefined()
  const behind = await waf.send(new ListResourcesForWebACLCommand({ WebACLArn: acl?.ARN }))
  expect(behind.ResourceArns).toEqual([balancers.get('shop')])
  const logging = await waf.send(new ListLoggingConfigurationsCommand({ Scope: 'REGIONAL' }))
  expect(logging.LoggingConfigurations?.map(({ ResourceArn }) => ResourceArn)).toEqual([acl?.ARN])

  const details = await new IAMClient(member).send(new GetAccountAuthorizationDetailsCommand({}))
  const roles = details.RoleDetailList?.map(({ RoleName }) => RoleName)
  expect(roles).toEqual(expect.arrayContaining(['GitHubDeploy', 'VendorMonitoring']))
})
