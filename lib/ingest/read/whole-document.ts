import { promisify } from 'node:util'
import { RejectedDocument, readDocument } from '../../sources/reader/document'
import type { ImportTask } from '../../store/imports/runs'
import { Places } from '../close/places'
import type { RunContext } from '../run/context'
import { IdSet } from '../unchanged-records/id-set'
import { type Beside, sightingsIn } from './parse-record'
import { inflatedPieces } from './payload'

const pause = promisify(setImmediate)

/** The sightings of a run's whole document, read once more from its start. */
export async function sightingsOfDocument(run: RunContext, task: ImportTask, known: Beside): Promise<IdSet> {
  const seen = new IdSet()
  const beside = { ...known, images: new Map(known.images), places: new Places() }
  const pieces = inflatedPieces(run.access, run.payloadId)
  try {
    for await (const records of readDocument(pieces, { batchSize: 16, csv: task.mapping !== null })) {
      for (const record of records) for (const key of sightingsIn(record, task, beside)) seen.add(...key)
      await pause()
    }
  } catch (problem) {
    // The reading proper tells of it.
    if (!(problem instanceof RejectedDocument)) throw problem
  }
  return seen
}
