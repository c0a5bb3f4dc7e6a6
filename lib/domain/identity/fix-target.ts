import { canonicalPlace, type Place, partitionOf } from './canonical-resource'
import { machineImageKey, type RowKey } from './keys'

/** ARNs of machine images, for reported instances that are replaced and not patched. */
export type MachineImages = ReadonlyMap<RowKey<'machine_image'>, string>

const INSTANCE = /^i-[0-9a-f]+$/
const MACHINE_IMAGE = /^ami-\w{1,64}$/

/** An image in ECR by its digest: `arn:aws:ecr:REGION:ACCOUNT:repository/NAME/sha256:DIGEST`. */
function isContainerImage(resourceId: string): boolean {
  return resourceId.startsWith('arn:') && resourceId.includes(':ecr:') && resourceId.includes('/sha256:')
}

export function isMachineImage(resourceId: string): boolean {
  return resourceId.startsWith('arn:') && resourceId.includes('::image/ami-')
}

/** Whether this is built as a whole: a new one fixes a vulnerability in all packages of the old one. */
export function isImage(resourceId: string): boolean {
  return isContainerImage(resourceId) || isMachineImage(resourceId)
}

/**
 * The ARN of a machine image, which names no account; null where the Region or the image is not known.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies
 */
export function machineImageArn(region: string, imageId: string): string | null {
  if (region === 'global' || !MACHINE_IMAGE.test(imageId)) return null
  return `arn:${partitionOf(region)}:ec2:${region}::image/${imageId}`
}

/** The ARN of the instance that a place is, under whatever name; null for anything else. */
function instanceArn(place: Place): string | null {
  const { region, resourceId } = place
  if (resourceId.startsWith('arn:')) return resourceId.includes(':instance/i-') ? resourceId : null
  if (!resourceId.startsWith('i-') || region === 'global' || !INSTANCE.test(resourceId)) return null
  return canonicalPlace('instance', place).resourceId
}

/** The key of an instance in MachineImages; null for anything else. */
export function instanceKey(place: Place): RowKey<'machine_image'> | null {
  const arn = instanceArn(place)
  return arn === null ? null : machineImageKey(place.accountId, arn.slice(arn.lastIndexOf('/') + 1))
}

/** The place of a vulnerability without its image: an instance is named by its ARN. */
export function ownFixTarget<P extends Place>(place: P): P {
  const arn = instanceArn(place)
  return arn === null || arn === place.resourceId ? place : { ...place, resourceId: arn }
}

/**
 * What has to be fixed: the machine image where the instance is replaced by one of a new image, as this source (`reported`) or another one
 * tells, otherwise the resource itself.
 */
export function toFixTarget<P extends Place>(place: P, reported: string | null, images: MachineImages): P {
  if (reported === null && images.size === 0) return ownFixTarget(place)
  const key = instanceKey(place)
  const image = key === null ? null : (reported ?? images.get(key) ?? null)
  return image === null ? ownFixTarget(place) : { ...place, resourceId: image }
}
