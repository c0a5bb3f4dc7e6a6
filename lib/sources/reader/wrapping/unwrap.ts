import { CsvSplitter, csvOf } from '../csv-splitter'
import type { Unwrap } from '../record-sink'
import { DocumentSplitter } from '../splitter'

/** Reads a text in memory: JSON whose records may be wrapped `levels` more times, or CSV of a known kind. */
export function unwrapping(levels: number): Unwrap {
  if (levels === 0) return null
  return bytes => {
    const known = csvOf(bytes, true) === 'known'
    const splitter = known ? new CsvSplitter() : new DocumentSplitter(bytes.length, unwrapping(levels - 1))
    splitter.push(bytes)
    splitter.end()
    return { records: splitter.sink.take(), failure: splitter.failure }
  }
}
