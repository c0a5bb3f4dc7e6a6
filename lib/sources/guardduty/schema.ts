import { z } from 'zod'

/**
 * The fields of a GuardDuty finding that Hinomi uses. The API writes PascalCase, events and the export to S3 write
 * camelCase; both are read as camelCase: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
 */
const text = z.string().nullish()
const anything = z.unknown().optional()
const named = z.object({ arn: text, name: text, tags: anything }).nullish()

/** Details for display only: one of an unknown shape is left out, and the finding is read without it. */
function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().catch(null)
}
const label = optional(z.string())
const Container = z.object({ id: label, name: label })
const containers = optional(z.array(Container))
const volumes = optional(z.array(z.object({ volumeArn: label })))

export const GuardDutyFinding = z.object({
  id: z.string().min(1),
  arn: text,
  accountId: anything,
  region: text,
  type: z.string().min(1),
  title: text,
  description: text,
  severity: anything,
  createdAt: anything,
  updatedAt: anything,
  resource: z.object({
    resourceType: text,
    instanceDetails: z.object({ instanceId: text, tags: anything }).nullish(),
    accessKeyDetails: z.object({ accessKeyId: text, userName: text, userType: text, principalId: text }).nullish(),
    s3BucketDetails: z.array(z.object({ arn: text, name: text, tags: anything })).nullish(),
    eksClusterDetails: named,
    ecsClusterDetails: z
      .object({ arn: text, name: text, tags: anything, taskDetails: optional(z.object({ arn: label, containers })) })
      .nullish(),
    kubernetesDetails: optional(
      z.object({
        kubernetesUserDetails: optional(z.object({ username: label })),
        kubernetesWorkloadDetails: optional(z.object({ name: label, type: label, namespace: label, containers })),
      }),
    ),
    containerDetails: optional(Container),
    ebsVolumeDetails: optional(z.object({ scannedVolumeDetails: volumes, skippedVolumeDetails: volumes })),
    rdsDbInstanceDetails: z.object({ dbInstanceArn: text, dbInstanceIdentifier: text, tags: anything }).nullish(),
    lambdaDetails: z.object({ functionArn: text, functionName: text, tags: anything }).nullish(),
  }),
  service: z.looseObject({ archived: anything, eventFirstSeen: anything, eventLastSeen: anything }).nullish(),
})
export type GuardDutyFinding = z.infer<typeof GuardDutyFinding>
