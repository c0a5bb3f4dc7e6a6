import type { IdSet } from '../contents/id-set'
import { type ParserFeed, type ParserInput, parseReport } from './report-parser'

/** The sightings of a whole document, read again from its start. An error of the document is left to the run. */
export async function sightingsOfDocument(input: ParserInput, feed: ParserFeed): Promise<IdSet> {
  const task = { ...input.task, checkpoint: Number.POSITIVE_INFINITY }
  const parser = parseReport({ ...input, task }, feed)
  for (;;) {
    const { done, value } = await parser.next()
    if (done) return value.contents.sightings
  }
}
