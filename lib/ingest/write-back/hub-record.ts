import { hash } from 'node:crypto'
import { type RecordName, recordNameOf } from '../../domain/collection/write-back/record-name'
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

/** A record that can be written back, and the sightings that it gives. */
export interface HubRecord extends RecordName {
  /** A hash of what identifies it. */
  id: string
  sightings: string[]
}

/** Reads a stored record; null for one that cannot be written back. */
export function toHubRecord(text: string, reading: Reading): HubRecord | null {
  const value = parsed(text)
  const name = recordNameOf(value, reading.accountId)
  if (name === null) return null
  const id = hash('sha256', JSON.stringify([name.productArn, name.findingId]), 'hex').slice(0, 32)
  return { ...name, id: toUuid(id), sightings: sightingsOf(value, reading) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The sightings of a record as it is read now; none where this version does not read it. */
function sightingsOf(value: unknown, { source, reportAccount, reportRegion, observedAt }: Reading): string[] {
  try {
    const outcomes = outcomesOf(value, {
      now: observedAt,
      observedAt,
      ...(source !== null && { source }),
      ...(reportAccount !== null && { account: reportAccount }),
      ...(reportRegion !== null && { region: reportRegion }),
    })
    return outcomes.map(outcome => toUuid(sightingIdOf(outcome)))
  } catch (error) {
    if (error instanceof RejectedRecord) return []
    throw error
  }
}

function toUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
