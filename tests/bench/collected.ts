import { pool } from '../../lib/db'
import { checks } from '../../lib/domain/checks/checks'
import { collectors } from '../../lib/domain/collection/collectors'
import { standardRows } from '../../lib/domain/standard/rows'
import { rungs } from '../../lib/domain/waf/ladder'
import { benchAccount } from './generate'

/** So many accounts have been read: those of a large organization. */
const ACCOUNTS = 100
const REGIONS = 17
const ENTRANCES = 20
const KEYS = 20
const DAYS = 90

/**
 * What collectors and Hinomi's own checks leave in 100 accounts with 17 Regions each: cells, states of checks, results of controls with
 * findings of them and exceptions, entrances with web ACLs, access keys, resources, and openings. Times are spread over 90 days.
 */
export async function fillCollected(): Promise<void> {
  const ids = Array.from({ length: ACCOUNTS }, (_, n) => benchAccount(n))
  const read = `now() - interval '1 hour'`
  const run = (text: string, ...values: unknown[]) => pool().query(text, [ids, ...values])
  await run(`INSERT INTO account (id, name, origin) SELECT id, 'account ' || id, 'registered' FROM unnest($1::text[]) AS id
    ON CONFLICT DO NOTHING`)
  await run(
    `INSERT INTO coverage (account_id, region, collector, state, complete, records, read_at, complete_at, since, import_id)
      SELECT a, CASE WHEN c.regional THEN 'region-' || r ELSE 'global' END, c.id,
        CASE WHEN (length(a || c.id) + r) % 31 = 0 THEN 'denied' ELSE 'ok' END, TRUE, 10, ${read}, ${read}, ${read}, 1
      FROM unnest($1::text[]) AS a, unnest($2::text[], $3::boolean[]) AS c(id, regional), generate_series(1, ${REGIONS}) AS r
      WHERE c.regional OR r = 1 ON CONFLICT DO NOTHING`,
    collectors.map(({ id }) => id),
    collectors.map(({ regional }) => regional),
  )
  await run(
    `INSERT INTO check_state (account_id, "check", regions, whole, unexamined, passed, failed, unknown, read_at, import_id)
      SELECT a, c, '{}', n % 11 <> 0, CASE WHEN n % 11 = 0
          THEN '[{"region":"region-1","collector":"ec2","state":"denied","action":"ec2:DescribeVpcs"}]'::jsonb ELSE '[]' END,
        20, (n % 4 = 0)::int * 3, 0, ${read}, 1
      FROM unnest($1::text[]) WITH ORDINALITY AS a(a, m), unnest($2::text[]) WITH ORDINALITY AS c(c, k), LATERAL (SELECT m + k AS n) AS n
      ON CONFLICT DO NOTHING`,
    checks.map(({ id }) => id),
  )
  const controls = [...new Set(standardRows.flatMap(row => row.controls))]
  await run(
    `INSERT INTO control_result (account_id, source, product, control, severity, passed, failed, not_available)
      SELECT a, s, s, c, 3, 200, (n % 4 = 0)::int * 3, 0
      FROM unnest($1::text[]) WITH ORDINALITY AS a(a, m), unnest($2::text[]) WITH ORDINALITY AS c(c, k),
        unnest('{hinomi,security-hub,prowler}'::text[]) AS s, LATERAL (SELECT m + k AS n) AS n
      ON CONFLICT DO NOTHING`,
    controls,
  )
  // Three of a control where it fails: one of them is covered by an exception in a quarter of the accounts.
  await run(
    `INSERT INTO finding (account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity, status,
        team, sources, first_seen_at, opened_at, updated_at, first_observed_at, first_import_id, changed_import_id)
      SELECT a, md5(a || c || r)::uuid, 'posture', c, 'region-1', 'arn:aws:x:::' || r, r::text, 'AwsAccount', '', c, 3,
        CASE WHEN r = 1 AND m % 4 = 0 THEN 'accepted' ELSE 'new' END, 'sre', '{hinomi}', ${read}, ${read}, ${read}, ${read}, 1, 1
      FROM unnest($1::text[]) WITH ORDINALITY AS a(a, m), unnest($2::text[]) WITH ORDINALITY AS c(c, k), generate_series(1, 3) AS r
      WHERE (m + k) % 4 = 0 ON CONFLICT DO NOTHING`,
    controls,
  )
  await run(
    `INSERT INTO web_acl (account_id, id, arn, name, region, mode, rules, rules_hash, rules_since, counting, judged_at)
      SELECT a, md5(a || n)::uuid, 'arn:' || n, 'acl ' || n, 'region-' || n % ${REGIONS}, 'counting', '[]', 'x', ${read}, '{}', ${read}
      FROM unnest($1::text[]) AS a, generate_series(1, ${ENTRANCES}) AS n ON CONFLICT DO NOTHING`,
  )
  await run(
    `INSERT INTO entrance (account_id, id, kind, region, arn, name, address, rung, acl_id, step, step_values, requests, allowed, counted,
        blocked, judged_at)
      SELECT a, md5(a || 'e' || n)::uuid, 'alb', 'region-' || n % ${REGIONS}, 'arn:' || n, 'entrance ' || n, 'x.example.com',
        ($2::text[])[1 + n % ${rungs.length}], md5(a || n)::uuid, 'block', '{}', 1000, 900, 50, 50, ${read}
      FROM unnest($1::text[]) AS a, generate_series(1, ${ENTRANCES}) AS n ON CONFLICT DO NOTHING`,
    [...rungs],
  )
  await run(
    `INSERT INTO access_key (account_id, id, user_arn, user_name, user_tags, active, created_at, last_used_at, last_used_service,
        last_used_region, score, judged, rules, first_seen_at, started_at, ended_at, import_id)
      SELECT a, 'AKIA' || n, 'arn:user/' || n, 'user-' || n, '{}', n % 3 <> 0, ${read} - interval '2 years', ${read}, 's3', 'us-east-1',
        70, CASE WHEN n % 2 = 0 THEN 'pipeline' ELSE 'other' END, '[]', now() - interval '${DAYS} days', now() - interval '${DAYS} days',
        CASE WHEN n % 3 = 0 THEN now() - n * interval '1 day' END, 1
      FROM unnest($1::text[]) AS a, generate_series(1, ${KEYS}) AS n ON CONFLICT DO NOTHING`,
  )
  await run(
    `INSERT INTO asset (account_id, id, collector, region, type, arn, name, data, content_hash, first_seen_at, changed_at, import_id)
      SELECT a, md5(a || t || n)::uuid, c, 'region-' || n % ${REGIONS}, t, 'arn:' || t || n, n::text, '{"state":"ACTIVE"}', n,
        ${read}, ${read}, 1
      FROM unnest($1::text[]) AS a, unnest('{AWS::WAFv2::WebACL,AWS::Shield::Subscription,AWS::EC2::Instance,AWS::S3::Bucket}'::text[],
          '{waf,protection,ec2,s3}'::text[]) AS w(t, c),
        generate_series(1, 75) AS n ON CONFLICT DO NOTHING`,
  )
  await pool().query('VACUUM ANALYZE')
}
