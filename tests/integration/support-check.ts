import { expect } from 'vitest'
import { findDifferences } from '../../lib/queries/check/check'
import { job } from './support-ingest'

/** What pages show is what the base tables say, and no rows contradict each other. */
export async function expectConsistent(): Promise<void> {
  expect((await findDifferences(job)).differences).toEqual([])
}
