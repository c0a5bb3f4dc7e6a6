import 'server-only'

/** The pages' way to read the beginning of a file as an import would; pages themselves may not import. */
export { previewCsv as previewMappedCsv } from '../../ingest/read/preview-csv'
