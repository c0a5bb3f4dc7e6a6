import type { CommandValues } from '../commands/command'
import type { Platform } from './threat-type'

export const identities = ['user', 'role', 'root'] as const
export type Identity = (typeof identities)[number]

/** Who acted, if the values of a finding show it; null if unknown. */
export function identityOf(values: CommandValues): Identity | null {
  if (values.roleName !== undefined) return 'role'
  if (values.userName !== undefined) return /^root$|^<root_account>$/i.test(values.userName) ? 'root' : 'user'
  return null
}

/** The kinds of resources that the values, or the types of the resources, name. */
export function platformsIn(values: CommandValues, types: readonly string[]): Platform[] {
  const named = (form: RegExp) => types.some(type => form.test(type))
  const found: Platform[] = []
  if (values.instanceId !== undefined) found.push('ec2')
  if (values.taskArn !== undefined || named(/Ecs/)) found.push('ecs')
  if (named(/Eks|Kubernetes/)) found.push('eks')
  if (values.functionName !== undefined) found.push('lambda')
  return found
}
