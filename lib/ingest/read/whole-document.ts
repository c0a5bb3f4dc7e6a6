import type { IdSet } from '../contents/id-set'
import { type ParserFeed, type ParserInput, parseReport } from './report-parser'

/** The sightings of a whole document, read once more from its start. What stops its reading is for the run to tell. */
export async function sightingsOfDocument(input: ParserInput, feed: ParserFeed): Promise<IdSet> {
  const task = { ...input.task, checkpoint: Number.POSITIVE_INFINITY }
  const parser = parseReport({ ...input, task }, feed)
  for (;;) {
    const { done, value } = await parser.next()
    if (done) return value.contents.sightings
  }
}
