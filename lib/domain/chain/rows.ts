/**
 * The rows that the chain covers: lines of the audit log, lines of histories that no import wrote, and imports with the
 * lines they wrote.
 */
export type ChainedKind = 'audit' | 'event' | 'import'

/** How a column becomes text. */
type Rendering = 'text' | 'time' | 'json'

interface ChainedRow {
  table: string
  columns: Readonly<Record<string, Rendering>>
}

/**
 * The columns that a row's hash covers. Nulls are left out, so that a column may be added here if it is null in every
 * existing row. Never remove or rename one: the hashes of existing rows would no longer match.
 */
export const chainedRows: Readonly<Record<ChainedKind, ChainedRow>> = {
  audit: {
    table: 'audit_entry',
    columns: {
      id: 'text',
      at: 'time',
      actor_kind: 'text',
      actor_id: 'text',
      actor_name: 'text',
      ip: 'text',
      action: 'text',
      target: 'text',
      account_id: 'text',
      detail: 'json',
    },
  },
  event: {
    table: 'finding_event',
    columns: {
      account_id: 'text',
      finding_id: 'text',
      id: 'text',
      at: 'time',
      actor_kind: 'text',
      actor_id: 'text',
      actor_name: 'text',
      kind: 'text',
      before: 'json',
      after: 'json',
      text: 'text',
      change_id: 'text',
      former: 'json',
    },
  },
  import: {
    table: 'import',
    columns: {
      id: 'text',
      state: 'text',
      source: 'text',
      account_id: 'text',
      coverage: 'text',
      origin: 'text',
      file_name: 'text',
      sha256: 'text',
      size_bytes: 'text',
      observed_at: 'time',
      observed_at_given: 'text',
      created_at: 'time',
      started_at: 'time',
      finished_at: 'time',
      actor_kind: 'text',
      actor_id: 'text',
      actor_name: 'text',
      allowed: 'json',
      limited: 'text',
      accounts: 'json',
      sources: 'json',
      checkpoint: 'text',
      read: 'text',
      accepted: 'text',
      rejected: 'text',
      created: 'text',
      updated: 'text',
      unchanged: 'text',
      reopened: 'text',
      resolved: 'text',
      passed: 'text',
      resolved_seen: 'text',
      bytes_read: 'text',
      error: 'json',
      held_back: 'json',
      mapping: 'json',
      region: 'text',
      confirms_id: 'text',
      not_available: 'text',
      older: 'text',
      repeated: 'text',
      clock_ahead: 'text',
      may_close: 'text',
      allowed_sources: 'json',
      withheld: 'text',
      retries_id: 'text',
    },
  },
}

/** Columns that say nothing of what happened: how often a run was started, and what it waits for. */
export const uncoveredColumns: readonly string[] = [
  'import.attempts',
  'import.failures',
  'import.waits_for',
  'import.retry_at',
  'import.alive_at',
]
