import { definition as accessAnalyzer } from './access-analyzer/definition'
import { definition as asff } from './asff/definition'
import { definition as awsConfig } from './aws-config/definition'
import { definition as credentialReport } from './credential-report/definition'
import { definition as csv } from './csv/definition'
import type { FeedDefinition, SourceDefinition } from './definition'
import { definition as guardduty } from './guardduty/definition'
import { definition as hinomi } from './hinomi/definition'
import { definition as inspector } from './inspector/definition'
import { definition as macie } from './macie/definition'
import { definition as ocsf } from './ocsf/definition'
import { definition as prowlerNative } from './prowler-native/definition'
import { definition as trustedAdvisor } from './trusted-advisor/definition'

/** Every source, in the order in which readers are asked and names are shown. */
const listed = [
  asff,
  ocsf,
  guardduty,
  inspector,
  accessAnalyzer,
  macie,
  awsConfig,
  trustedAdvisor,
  credentialReport,
  prowlerNative,
  hinomi,
  csv,
] as const

export type SourceFolder = (typeof listed)[number]['folder']
export type FeedId = (typeof listed)[number]['feeds'][number]['id']

type Feed = FeedDefinition & { readonly id: FeedId }
interface Definition extends SourceDefinition {
  readonly folder: SourceFolder
  readonly feeds: readonly [Feed, ...Feed[]]
}

export const definitions: readonly Definition[] = listed

/** All feeds: the main one of each source, then the others that it introduces. */
export const feeds: readonly Feed[] = [
  ...definitions.map(definition => definition.feeds[0]),
  ...definitions.flatMap(definition => definition.feeds.slice(1)),
]
