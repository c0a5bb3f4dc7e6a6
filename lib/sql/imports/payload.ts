import 'server-only'

/**
 * SQL: the import whose stored bytes an import reads. Confirmations and retries store none of their own. A confirmed
 * import may be a retry, and a retry always refers to the first import.
 */
export const payloadIdSql = (alias: string): string =>
  `coalesce((SELECT f.retries_id FROM import f WHERE f.id = ${alias}.confirms_id), ${alias}.confirms_id, ${alias}.retries_id, ${alias}.id)`

/** SQL: whether all bytes of the report that an import reads are still stored. */
export const keptSql = (alias: string): string =>
  `${alias}.size_bytes = (SELECT coalesce(sum(c.length), 0) FROM import_chunk c WHERE c.import_id = ${payloadIdSql(alias)})`
