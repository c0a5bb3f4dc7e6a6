import { hash } from 'node:crypto'
import { pool, prisma } from '../../lib/db'
import type { Sighting } from '../../lib/generated/prisma/client'

/** A UUID as earlier versions derived it from parts. */
function formerId(...parts: string[]): string {
  const hex = hash('sha256', parts.join('\0'), 'hex')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3]
  const id = `${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The fields that an earlier version stored differently. */
export interface Former {
  class?: 'posture' | 'threat' | 'vulnerability'
  control?: string
  region?: string
  resourceId?: string
  packageName?: string
}

/**
 * Rewrites the rows of an account to those of a version whose identities contained no record id, no part of a resource and
 * no global resource except those of joined controls. Results with the same former identity become one finding, the one
 * that was reported first.
 */
export async function storeAsBefore(account: string, former: (sighting: Sighting) => Former = () => ({})) {
  const findings = new Map(
    (await prisma().finding.findMany({ where: { accountId: account } })).map(finding => [finding.id, finding]),
  )
  const sightings = await prisma().sighting.findMany({
    where: { accountId: account },
    orderBy: [{ importId: 'asc' }, { rawOffset: 'asc' }],
  })
  for (const sighting of sightings) {
    const finding = findings.get(sighting.findingId)
    const own = {
      class: sighting.class,
      control: sighting.ownControl ?? sighting.control,
      region: sighting.region ?? finding?.region ?? '',
      resourceId: sighting.resourceId ?? finding?.resourceId ?? '',
      packageName: sighting.class === 'vulnerability' ? (sighting.packageName ?? finding?.packageName ?? '') : '',
      ...former(sighting),
    }
    const { control, region, resourceId, packageName } = own
    const id = formerId(sighting.source, sighting.product, sighting.nativeId, control, region, resourceId, packageName)
    const findingId =
      own.class === 'threat'
        ? formerId('threat', sighting.nativeId)
        : own.class === 'vulnerability'
          ? formerId('vulnerability', control, resourceId, packageName)
          : formerId('posture', region, resourceId, control)
    await pool().query(
      `INSERT INTO finding SELECT n.* FROM finding f, jsonb_populate_record(f, jsonb_build_object('id', $3::text, 'class', $4::text,
         'control', $5::text, 'region', $6::text, 'resource_id', $7::text, 'package_name', $8::text, 'sequence', nextval('finding_sequence_seq'))) n
       WHERE f.account_id = $1 AND f.id = $2 ON CONFLICT DO NOTHING`,
      [account, sighting.findingId, findingId, own.class, control, region, resourceId, packageName],
    )
    await pool().query(
      `UPDATE sighting SET id = $3, finding_id = $4, class = $5, control = $6, own_control = NULL, region = NULL, resource_id = NULL,
         package_name = NULL, by_record = false, pair = NULL WHERE account_id = $1 AND id = $2`,
      [account, sighting.id, id, findingId, own.class, control],
    )
  }
  await pool().query(
    'DELETE FROM finding f WHERE account_id = $1 AND NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = $1 AND s.finding_id = f.id)',
    [account],
  )
  await pool().query(`DELETE FROM setting WHERE key = 'equivalence'`)
}
