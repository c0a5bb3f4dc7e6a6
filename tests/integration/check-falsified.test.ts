import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool } from '../../lib/db'
import { checkAccessKeys } from '../../lib/queries/check/collection/access-keys'
import { checkWaf } from '../../lib/queries/check/collection/waf'
import { checkAttachments } from '../../lib/queries/check/contents/attachments'
import { checkStates } from '../../lib/queries/check/contents/check-states'
import { checkPayloads } from '../../lib/queries/check/contents/payloads'
import { checkCounts } from '../../lib/queries/check/counts'
import { Differences } from '../../lib/queries/check/differences'
import { checkExceptions } from '../../lib/queries/check/exceptions'
import { checkFindings } from '../../lib/queries/check/findings'
import { checkHistory } from '../../lib/queries/check/history'
import { checkImports } from '../../lib/queries/check/imports'
import { checkPolicies } from '../../lib/queries/check/policies'
import { checkScores } from '../../lib/queries/check/scores'
import { checkSnapshots } from '../../lib/queries/check/snapshots'
import messages from '../../messages/en.json'
import { consistentOrganisation, expectConsistent } from './support-check'
import { job } from './support-ingest'

// A check asks some two hundred questions: a busy machine needs longer for them.
vi.setConfig({ testTimeout: 120_000 })

const parts = {
  counts: async (differences: Differences) => {
    await checkScores(job, await checkCounts(job, differences), differences)
  },
  findings: checkFindings,
  history: checkHistory,
  imports: (differences: Differences) => checkImports(job, differences),
  attachments: checkAttachments,
  payloads: checkPayloads,
  exceptions: (differences: Differences) => checkExceptions(job, differences),
  policies: (differences: Differences) => checkPolicies(job, differences),
  snapshots: checkSnapshots,
  accessKeys: checkAccessKeys,
  waf: checkWaf,
  states: checkStates,
}

const open = `status IN ('new', 'acknowledged', 'in_progress')`
const anyOpen = `(account_id, id) = (SELECT account_id, id FROM finding WHERE status = 'new' ORDER BY account_id, id LIMIT 1)`
const reopened = `(account_id, id) = (SELECT account_id, id FROM finding WHERE reopened_count > 0 ORDER BY 1, 2 LIMIT 1)`
const inForce = `(SELECT exception_id FROM finding WHERE exception_id IN (SELECT id FROM exception WHERE finding_id IS NOT NULL) LIMIT 1)`
const event = (columns: string, values: string) =>
  `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, ${columns})
   SELECT account_id, id, now(), 'member', 'x', 'x', ${values} FROM finding WHERE ${anyOpen}`
const nowhere = `'00000000-0000-4000-8000-000000000000'`
const lastDay = `(account_id, day) = (SELECT account_id, max(day) FROM snapshot WHERE NOT filled GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1)`
const pastDay = `(account_id, day) = (SELECT account_id, min(day) FROM snapshot GROUP BY 1 ORDER BY 2, 1 LIMIT 1)`

/** For each check what makes it false: the table, and the statement, run without the triggers that would keep the rest in line. */
const falsified: Record<string, [keyof typeof parts, string, string]> = {
  entrance: ['waf', 'entrance', `UPDATE entrance SET rung = 'operated'`],
  webAcl: ['waf', 'web_acl', `UPDATE web_acl SET rules_hash = 'x'`],
  teamReference: ['policies', 'finding', `UPDATE finding SET team = 'nobody' WHERE ${anyOpen}`],
  homeOpen: ['counts', 'finding_count', `UPDATE finding_count SET n = n + 1 WHERE ${open}`],
  homeOverdue: ['counts', 'finding_count', `UPDATE finding_count SET n = n + 1 WHERE overdue AND ${open}`],
  homeUnowned: ['counts', 'finding_count', `UPDATE finding_count SET owner_key = gen_random_uuid() WHERE ${open}`],
  homeAccounts: [
    'counts',
    'finding_count',
    `UPDATE finding_count SET n = 0 WHERE account_id = (SELECT max(account_id) FROM finding_count WHERE ${open} AND n > 0)`,
  ],
  badge: [
    'counts',
    'finding_count',
    `UPDATE finding_count SET n = n + 1 WHERE owner_key IN (SELECT id FROM member) AND ${open}`,
  ],
  badgeOverdue: [
    'counts',
    'finding_count',
    `DELETE FROM finding_count WHERE n = 0; UPDATE finding_count SET overdue = NOT overdue WHERE owner_key IN (SELECT id FROM member) AND ${open}`,
  ],
  list: ['counts', 'finding_count', `UPDATE finding_count SET n = n + 1 WHERE status = 'resolved'`],
  group: [
    'counts',
    'control_delta',
    `UPDATE control_delta SET control = 'X.1' WHERE id = (SELECT min(id) FROM control_delta)`,
  ],
  groupSeverity: ['counts', 'control_delta', `UPDATE control_delta SET severity = 5`],
  accountRules: ['policies', 'account', `UPDATE account SET decided_by = '{"environment": {"rule": "gone"}}'`],
  sourceFindings: ['counts', 'source_count', `UPDATE source_count SET n = n + 1`],
  accountOpen: ['counts', 'finding_count', `UPDATE finding_count SET n = n + 1 WHERE ${open}`],
  accountOverdue: ['counts', 'finding_count', `UPDATE finding_count SET n = n + 1 WHERE overdue AND ${open}`],
  accountUnowned: [
    'counts',
    'finding_count',
    `UPDATE finding_count SET owner_key = ${nowhere} WHERE ${open} AND owner_key <> ${nowhere} AND n > 0`,
  ],
  accountScore: ['counts', 'control_result', `UPDATE control_result SET passed = 1, failed = 0 WHERE failed > 0`],
  accountLastReport: ['counts', 'feed', `UPDATE feed SET last_at = last_at + interval '1 hour'`],
  accountSilent: ['counts', 'feed', `UPDATE feed SET silent_after = '2020-01-01'`],
  accountUnverified: ['counts', 'feed', `UPDATE feed SET silent_after = '2020-01-01' WHERE source = 'prowler'`],
  accountChecks: ['counts', 'control_result', `UPDATE control_result SET not_available = not_available + 1`],
  feedSilence: ['counts', 'feed', `UPDATE feed SET silent_after = silent_after + interval '1 hour'`],
  feedLastReport: ['counts', 'feed', `UPDATE feed SET last_at = last_at - interval '1 hour'`],
  findingWithoutRecord: [
    'findings',
    'sighting',
    `DELETE FROM sighting WHERE (account_id, finding_id) = (SELECT account_id, id FROM finding WHERE ${anyOpen})`,
  ],
  recordWithoutFinding: ['findings', 'finding', `DELETE FROM finding WHERE ${anyOpen}`],
  openUnreported: [
    'findings',
    'sighting',
    `UPDATE sighting SET present = FALSE WHERE (account_id, finding_id) = (SELECT account_id, id FROM finding WHERE ${anyOpen})`,
  ],
  suppressedReported: ['findings', 'finding', `UPDATE finding SET status = 'suppressed' WHERE ${anyOpen}`],
  resolvedReported: [
    'findings',
    'sighting',
    `UPDATE sighting SET present = TRUE, result = 'failed' WHERE (account_id, finding_id) IN (SELECT account_id, id FROM finding WHERE status = 'resolved')`,
  ],
  resolvedFields: ['findings', 'finding', `UPDATE finding SET resolved_at = now() WHERE ${anyOpen}`],
  verdictFields: ['findings', 'finding', `UPDATE finding SET verdict = NULL WHERE verdict IS NOT NULL`],
  verdictOutlived: [
    'findings',
    'finding',
    `UPDATE finding SET verdict = jsonb_set(verdict, '{seen,count}', '1') WHERE verdict IS NOT NULL`,
  ],
  verdictHistory: [
    'history',
    'finding',
    `UPDATE finding SET verdict = verdict || '{"kind": "benign"}' WHERE verdict IS NOT NULL`,
  ],
  findingSeverity: ['findings', 'finding', `UPDATE finding SET severity = 6 - severity WHERE ${open}`],
  findingSources: ['findings', 'finding', `UPDATE finding SET sources = '{macie}' WHERE ${anyOpen}`],
  findingUrgency: [
    'findings',
    'sighting',
    `UPDATE sighting SET class = 'vulnerability', facts = '{"epss": 7}' WHERE present AND result = 'failed'`,
  ],
  searchTerms: [
    'findings',
    'sighting',
    `UPDATE sighting SET own_control = 'another-name' WHERE present AND result = 'failed'`,
  ],
  searchKeys: ['findings', 'finding', `UPDATE finding SET search_keys = '{1}' WHERE ${anyOpen}`],
  searchText: ['findings', 'search_text', `DELETE FROM search_text WHERE kind = 'line'`],
  searchControl: ['findings', 'finding', `UPDATE finding SET control = 'nobody-reports-this' WHERE ${anyOpen}`],
  searchTitle: [
    'findings',
    'control_title',
    `DELETE FROM control_title WHERE (control, title) = (SELECT control, title FROM finding WHERE ${anyOpen})`,
  ],
  accountMissing: ['findings', 'account', `DELETE FROM account WHERE id = (SELECT min(account_id) FROM finding)`],
  importMissing: ['findings', 'import', `DELETE FROM import WHERE id = (SELECT min(first_import_id) FROM finding)`],
  ownerMissing: ['findings', 'member', `UPDATE member SET removed_at = now()`],
  mergeMissing: [
    'findings',
    'finding_merge',
    `INSERT INTO finding_merge (account_id, id, into_id, at, finding, names, sightings) VALUES ('1', ${nowhere}, gen_random_uuid(), now(), '{}', '{}', '{}')`,
  ],
  historyWithoutFinding: [
    'findings',
    'finding_event',
    `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind) VALUES ('1', ${nowhere}, now(), 'job', '', '', 'comment')`,
  ],
  overdueMarked: ['findings', 'finding', `UPDATE finding SET overdue = TRUE WHERE status = 'resolved'`],
  overdueUnmarked: ['findings', 'finding', `UPDATE finding SET overdue = FALSE WHERE overdue`],
  statusHistory: ['history', 'finding_event', event('kind, before, after', `'status', '"new"', '"in_progress"'`)],
  statusChain: [
    'history',
    'finding_event',
    `${event('kind, before, after', `'status', '"new"', '"resolved"'`)};
    ${event('kind, before, after', `'status', '"in_progress"', '"new"'`)}`,
  ],
  statusUnexplained: ['history', 'finding', `UPDATE finding SET status = 'in_progress' WHERE ${anyOpen}`],
  ownerHistory: ['history', 'finding', `UPDATE finding SET owner_id = NULL`],
  ownerChain: [
    'history',
    'finding_event',
    `${event('kind, after', `'owner', '{"id": "a"}'`)}; ${event('kind, before', `'owner', '{"id": "b"}'`)}`,
  ],
  teamHistory: ['history', 'finding', `UPDATE finding SET team = 'cit' WHERE team_by = 'hand'`],
  severityHistory: ['history', 'finding', `UPDATE finding SET severity = 6 - severity`],
  reopenedCount: ['history', 'finding', `UPDATE finding SET reopened_count = reopened_count + 1 WHERE ${reopened}`],
  periodOrder: ['history', 'finding_period', `UPDATE finding_period SET opened_at = closed_at + interval '1 day'`],
  periodChain: ['history', 'finding_period', `UPDATE finding_period SET closed_at = closed_at + interval '30 days'`],
  firstSeen: [
    'history',
    'finding',
    `UPDATE finding SET first_seen_at = first_seen_at - interval '1 day' WHERE ${anyOpen}`,
  ],
  firstObserved: [
    'history',
    'finding',
    `UPDATE finding SET first_observed_at = first_seen_at + interval '1 day' WHERE ${anyOpen}`,
  ],
  beganAt: [
    'history',
    'finding',
    `UPDATE finding SET began_at = first_observed_at - interval '1 day' WHERE ${anyOpen}`,
  ],
  periodMissing: ['history', 'finding_period', `DELETE FROM finding_period`],
  periodWithoutFinding: [
    'history',
    'finding_period',
    `INSERT INTO finding_period VALUES ('1', ${nowhere}, now(), now())`,
  ],
  importState: ['imports', 'import', `UPDATE import SET finished_at = NULL WHERE id = (SELECT min(id) FROM import)`],
  importCheckpoint: [
    'imports',
    'import',
    `UPDATE import SET checkpoint = checkpoint + 1 WHERE id = (SELECT min(id) FROM import)`,
  ],
  importRead: [
    'imports',
    'import',
    `UPDATE import SET accepted = accepted - 1 WHERE id = (SELECT min(id) FROM import)`,
  ],
  importRejected: ['imports', 'import_reject', `DELETE FROM import_reject`],
  importCreated: [
    'imports',
    'import',
    `UPDATE import SET created = created + 1 WHERE id = (SELECT min(id) FROM import)`,
  ],
  importResolved: ['imports', 'import', `UPDATE import SET resolved = resolved - 1 WHERE resolved > 0`],
  importReopened: ['imports', 'import', `UPDATE import SET reopened = reopened - 1 WHERE reopened > 0`],
  importUpdated: [
    'imports',
    'import',
    `UPDATE import SET updated = updated + 1 WHERE id = (SELECT min(id) FROM import)`,
  ],
  importWaiting: ['imports', 'import', `UPDATE import SET held_back = '[]'`],
  importBytes: [
    'imports',
    'import',
    `UPDATE import SET bytes_read = bytes_read - 1 WHERE id = (SELECT min(id) FROM import)`,
  ],
  payloadPlace: [
    'payloads',
    'import_chunk',
    `UPDATE import_chunk SET start = 1 WHERE import_id = (SELECT min(id) FROM import)`,
  ],
  payloadBroken: [
    'payloads',
    'import_chunk',
    `UPDATE import_chunk SET deflated = set_byte(deflated, octet_length(deflated) - 1, 255 - get_byte(deflated, octet_length(deflated) - 1))`,
  ],
  payloadLength: ['payloads', 'import_chunk', `UPDATE import_chunk SET length = length - 1`],
  attachmentSealed: [
    'attachments',
    'attachment',
    `UPDATE attachment SET sealed_key = 'x' WHERE owner_kind = 'finding'`,
  ],
  attachmentBroken: ['attachments', 'attachment_chunk', `DELETE FROM attachment_chunk WHERE position = 1`],
  attachmentSize: ['attachments', 'attachment', `UPDATE attachment SET size_bytes = size_bytes - 1`],
  attachmentHash: ['attachments', 'attachment', `UPDATE attachment SET sha256 = repeat('0', 64)`],
  attachmentLength: [
    'attachments',
    'attachment_chunk',
    `INSERT INTO attachment_chunk SELECT attachment_id, 2, sealed FROM attachment_chunk WHERE position = 1`,
  ],
  attachmentRecorded: ['attachments', 'attachment', `UPDATE attachment SET name = 'other.txt'`],
  attachmentOwner: [
    'attachments',
    'attachment',
    `UPDATE attachment SET owner_id = ${nowhere}::text WHERE owner_kind = 'finding'`,
  ],
  attachmentPieces: ['attachments', 'attachment', `DELETE FROM attachment WHERE owner_kind = 'finding'`],
  payloadSize: ['payloads', 'import_chunk', `DELETE FROM import_chunk WHERE import_id = (SELECT min(id) FROM import)`],
  exceptionCovers: [
    'exceptions',
    'finding',
    `UPDATE finding SET exception_id = exception_id + 1 WHERE exception_id IS NOT NULL`,
  ],
  acceptedWithoutException: [
    'exceptions',
    'exception',
    `UPDATE exception SET state = 'rejected' WHERE id = ${inForce}`,
  ],
  exceptionOpen: [
    'exceptions',
    'finding',
    `UPDATE finding SET status = 'new', exception_id = NULL WHERE exception_id = ${inForce}`,
  ],
  exceptionReview: [
    'exceptions',
    'exception',
    `UPDATE exception SET expires_at = expires_at + interval '200 days' WHERE id = ${inForce}`,
  ],
  exceptionReviewed: [
    'exceptions',
    'exception_review',
    `INSERT INTO exception_review SELECT id, now(), now(), 'x', 'x', 'Still holds' FROM exception WHERE id = ${inForce}`,
  ],
  exceptionMissing: ['exceptions', 'exception', `UPDATE exception SET finding_id = ${nowhere} WHERE id = ${inForce}`],
  ruleOpen: [
    'exceptions',
    'finding',
    `UPDATE finding SET status = 'new', exception_id = NULL WHERE status = 'false_positive'`,
  ],
  controlSeverity: ['policies', 'control_severity', `INSERT INTO control_severity VALUES ('X.1', 3)`],
  firstResponse: ['findings', 'finding', `UPDATE finding SET responded_at = now() WHERE class = 'threat' AND ${open}`],
  respondDate: [
    'policies',
    'finding',
    `UPDATE finding SET respond_by = respond_by + interval '1 hour' WHERE class = 'threat' AND ${open}`,
  ],
  countsAs: [
    'policies',
    'finding',
    `UPDATE finding SET class = 'vulnerability', counts_as = 5, counts_by = 'kev' WHERE ${anyOpen}`,
  ],
  dueDate: ['policies', 'finding', `UPDATE finding SET due_at = due_at + interval '1 day' WHERE ${anyOpen}`],
  team: ['policies', 'finding', `UPDATE finding SET team = 'cit' WHERE ${open} AND team_by = 'routing'`],
  snapshotOpen: ['snapshots', 'snapshot', `UPDATE snapshot SET medium = medium + 1 WHERE ${lastDay}`],
  snapshotScore: ['snapshots', 'snapshot', `UPDATE snapshot SET score = 99 WHERE ${lastDay}`],
  snapshotOpened: ['snapshots', 'snapshot', `UPDATE snapshot SET opened = opened + 1 WHERE ${pastDay}`],
  snapshotResolved: ['snapshots', 'snapshot', `UPDATE snapshot SET closed = closed + 1 WHERE ${pastDay}`],
  snapshotAcknowledged: [
    'snapshots',
    'snapshot',
    `UPDATE snapshot SET acknowledged = acknowledged + 1 WHERE ${pastDay}`,
  ],
  accessKey: ['accessKeys', 'access_key', `UPDATE access_key SET score = score + 1`],
  accessKeyPeriod: [
    'accessKeys',
    'access_key_period',
    `UPDATE access_key_period SET ended_at = ended_at + interval '9 days'`,
  ],
  checkState: ['states', 'check_state', `UPDATE check_state SET unknown = unknown + 1`],
  snapshotFilled: ['snapshots', 'snapshot', `UPDATE snapshot SET low = low + 1 WHERE filled`],
}

let admin: pg.Client

beforeAll(async () => {
  await consistentOrganisation()
  const { rows } = await pool().query<{ name: string }>('SELECT current_database() AS name')
  admin = new pg.Client({
    connectionString: Object.assign(new URL(inject('adminUrl')), { pathname: `/${rows[0]?.name}` }).href,
  })
  await admin.connect()
  await admin.query('CREATE SCHEMA kept')
  for (const table of new Set(Object.values(falsified).map(([, name]) => name)))
    await admin.query(`CREATE TABLE kept."${table}" AS TABLE public."${table}"`)
}, 120_000)

afterAll(async () => {
  setClock()
  await admin.end()
  await closeDatabase()
})

/** Runs statements without triggers, so that they change nothing but the rows that they name. */
async function past(statements: string): Promise<void> {
  await admin.query(`SET session_replication_role = replica; SET search_path = public; ${statements}`)
}

test('is consistent as the product left it', () => expectConsistent())

test('every check has a case that makes it fail', () => {
  const said = /^(underWay_.*|difference|row|more|result)$/
  expect(Object.keys(falsified).sort()).toEqual(
    Object.keys(messages.check)
      .filter(key => !said.test(key))
      .sort(),
  )
})

test.each(Object.entries(falsified))('a false %s is reported', async (check, [part, table, statements]) => {
  await past(statements)
  const differences = new Differences()
  try {
    await parts[part](differences)
  } finally {
    const columns = `(SELECT string_agg(format('%I', attname), ', ') FROM pg_attribute
      WHERE attrelid = 'public.${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '')`
    const { rows } = await admin.query<{ list: string }>(`SELECT ${columns} AS list`)
    const list = rows[0]?.list ?? ''
    await past(`DELETE FROM "${table}"; INSERT INTO "${table}" (${list}) SELECT ${list} FROM kept."${table}"`)
  }
  const named = differences.named.filter(difference => difference.check === check)
  expect(named).not.toEqual([])
  for (const { shown, recomputed } of named) expect(shown).not.toBe(recomputed)
})

test('is consistent once everything is restored', () => expectConsistent())
