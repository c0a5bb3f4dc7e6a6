import { hash } from 'node:crypto'
import { z } from 'zod'
import { sightingIdOf } from '../../domain/identity/identity'
import type { SourceId } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { outcomesOf } from '../../sources/registry'

/** How the report of a record was read. */
interface Reading {
  accountId: string
  source: SourceId | null
  reportAccount: string | null
  reportRegion: string | null
  observedAt: Date
}

/** A record of Security Hub by the two values that identify it, and the sightings that it gives. */
export interface SecurityHubRecord {
  /** A hash of both values. */
  id: string
  productArn: string
  findingId: string
  region: string
  sightings: string[]
}

const PRODUCT = /^arn:[^:]*:securityhub:([^:]*):[^:]*:product\/.+$/

const Identified = z.object({
  Id: z.string().min(1).max(2048),
  ProductArn: z.string().max(2048).regex(PRODUCT),
  AwsAccountId: z.string(),
  Region: z.string().optional(),
})

/**
 * Reads a stored record that Security Hub delivered: null for records of other tools, which have no ARN of a product, and for
 * those of another account.
 */
export function toSecurityHubRecord(text: string, reading: Reading): SecurityHubRecord | null {
  const value = parsed(text)
  const identified = Identified.safeParse(value)
  if (!identified.success || identified.data.AwsAccountId !== reading.accountId) return null
  const { Id: findingId, ProductArn: productArn, Region } = identified.data
  const region = Region ?? PRODUCT.exec(productArn)?.[1] ?? ''
  if (!/^[a-z0-9-]{1,40}$/.test(region)) return null
  const id = hash('sha256', JSON.stringify([productArn, findingId]), 'hex').slice(0, 32)
  return { id: uuid(id), productArn, findingId, region, sightings: sightingsOf(value, reading) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The sightings of a record as it is read now; none where an earlier version read it otherwise. */
function sightingsOf(value: unknown, { source, reportAccount, reportRegion, observedAt }: Reading): string[] {
  try {
    const outcomes = outcomesOf(value, {
      now: observedAt,
      observedAt,
      ...(source !== null && { source }),
      ...(reportAccount !== null && { account: reportAccount }),
      ...(reportRegion !== null && { region: reportRegion }),
    })
    return outcomes.map(outcome => uuid(sightingIdOf(outcome)))
  } catch (error) {
    if (error instanceof RejectedRecord) return []
    throw error
  }
}

function uuid(hex: string): string {
  return hex.includes('-') ? hex : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
