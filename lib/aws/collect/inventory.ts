import 'server-only'
import { type InventoryLine, mostName } from '../../domain/collection/lines'
import type { WrittenType } from '../../domain/collection/resources/written-types'
import { partitionOf } from '../../domain/commands/command-values'
import { cutText } from '../../domain/text/cut-text'
import { AwsFailure } from '../failure'
import type { CellCalls } from './collector'

interface Resource {
  readonly type: WrittenType
  readonly arn: string
  readonly name: string
  /** Without a Region, unless it is named. */
  readonly region?: string
  readonly data: Record<string, unknown>
}

/** The inventory record of a resource of this account. */
export function inventoryOf(calls: CellCalls, { type, arn, name, region = 'global', data }: Resource): InventoryLine {
  const observedAt = calls.now().toISOString()
  return { inventory: 1, account: calls.account, region, type, arn, name: cutText(name, mostName), data, observedAt }
}

/** The ARN of the account, for settings that have none. */
export function accountArn({ account, region }: CellCalls): string {
  return `arn:${partitionOf(region).partition}:iam::${account}:root`
}

/** The answer, or null where AWS says with one of these codes that there is nothing to show. */
export async function orNull<T>(answer: Promise<T>, ...codes: readonly string[]): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AwsFailure && codes.includes(error.code)) return null
    throw error
  }
}
