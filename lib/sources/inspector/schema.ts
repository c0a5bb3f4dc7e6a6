import { z } from 'zod'

/**
 * The fields of an Amazon Inspector finding that Hinomi uses, as ListFindings and EventBridge write them:
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
 */
const text = z.string().nullish()
const anything = z.unknown().optional()

export const InspectorFinding = z.object({
  findingArn: z.string().min(1),
  awsAccountId: anything,
  type: text,
  status: text,
  severity: anything,
  inspectorScore: anything,
  title: text,
  description: text,
  fixAvailable: text,
  exploitAvailable: text,
  firstObservedAt: anything,
  lastObservedAt: anything,
  updatedAt: anything,
  epss: z.object({ score: anything }).nullish(),
  exploitabilityDetails: anything,
  inspectorScoreDetails: anything,
  remediation: z.object({ recommendation: z.object({ text, Url: anything }).nullish() }).nullish(),
  resources: z
    .array(
      z.object({
        id: z.string().min(1),
        type: text,
        provider: anything,
        region: text,
        tags: anything,
        details: anything,
      }),
    )
    .min(1),
  packageVulnerabilityDetails: z
    .object({
      vulnerabilityId: z.string().min(1),
      sourceUrl: anything,
      vulnerablePackages: z
        .array(z.object({ name: text, version: text, fixedInVersion: text, remediation: text, filePath: anything }))
        .nullish(),
      cvss: anything,
      referenceUrls: anything,
      vendorSeverity: anything,
    })
    .nullish(),
  codeVulnerabilityDetails: z
    .object({
      detectorId: text,
      ruleId: text,
      filePath: z.object({ filePath: text }).nullish(),
      referenceUrls: anything,
    })
    .nullish(),
  networkReachabilityDetails: z
    .object({
      protocol: text,
      openPortRange: z.object({ begin: anything, end: anything }).nullish(),
      networkPath: anything,
    })
    .nullish(),
})
export type InspectorFinding = z.infer<typeof InspectorFinding>
