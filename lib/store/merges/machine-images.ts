import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { MachineImages } from '../../domain/identity/fix-target'
import { accountOf, instanceOf, machineImageKey } from '../../domain/identity/keys'
import type { GroupedSighting } from '../sightings/grouped'

/** What reports told of the machine images of instances in accounts, null for all. */
export async function machineImages(
  _access: JobAccess,
  accountIds: readonly string[] | null = null,
): Promise<MachineImages> {
  const { rows } = await pool().query<{ accountId: string; instanceId: string; image: string }>(
    `SELECT account_id AS "accountId", instance_id AS "instanceId", image_id AS image FROM machine_image
     WHERE $1::text[] IS NULL OR account_id = ANY($1)`,
    [accountIds],
  )
  return new Map(rows.map(row => [machineImageKey(row.accountId, row.instanceId), row.image]))
}

/** Notes machine images of instances. */
export async function noteMachineImages(_access: JobAccess, client: PoolClient, told: MachineImages): Promise<void> {
  if (told.size === 0) return
  const keys = [...told.keys()]
  await client.query(
    `INSERT INTO machine_image (account_id, instance_id, image_id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
     ON CONFLICT (account_id, instance_id) DO UPDATE SET image_id = excluded.image_id`,
    [keys.map(accountOf), keys.map(instanceOf), [...told.values()]],
  )
}

/** A vulnerability of an instance, by the instance's ARN. */
export interface OfInstance {
  accountId: string
  resourceId: string
  control: string
}

/** The sightings of findings that are about one instance by itself. */
export async function sightingsOfInstances(
  _access: JobAccess,
  client: PoolClient,
  asked: readonly OfInstance[],
): Promise<(GroupedSighting & { accountId: string; standsAt: string })[]> {
  const { rows } = await client.query<GroupedSighting & { accountId: string; standsAt: string }>({
    name: 'sightings-of-instances',
    text: `SELECT s.account_id AS "accountId", replace(s.id::text, '-', '') AS id, replace(s.finding_id::text, '-', '') AS "findingId", s.class, s.source,
             f.resource_id AS "standsAt", coalesce(s.own_control, s.control) AS control, coalesce(s.region, f.region) AS region,
             coalesce(s.resource_id, f.resource_id) AS "resourceId", coalesce(s.package_name, f.package_name) AS "packageName"
           FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, resource_id, control)
           JOIN finding f ON f.account_id = k.account_id AND f.resource_id = k.resource_id AND f.control = k.control
             AND f.class = 'vulnerability' AND f.resource_id LIKE 'arn:%:instance/i-%'
           JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id
           WHERE s.class = 'vulnerability' ORDER BY s.id`,
    values: [asked.map(one => one.accountId), asked.map(one => one.resourceId), asked.map(one => one.control)],
  })
  return rows
}

/** Drops what is known of instances that nothing is said of any more. At most 5,000 at once; returns how many. */
export async function dropMachineImages(_access: JobAccess): Promise<number> {
  const { rowCount } = await pool().query(
    `DELETE FROM machine_image m USING (
       SELECT i.account_id, i.instance_id FROM machine_image i WHERE NOT EXISTS (
         SELECT 1 FROM sighting s WHERE s.class = 'vulnerability' AND s.resource_id IS NOT NULL
           AND s.account_id = i.account_id AND regexp_replace(s.resource_id, '^.*/', '') = i.instance_id)
       LIMIT 5000) AS old
     WHERE m.account_id = old.account_id AND m.instance_id = old.instance_id`,
  )
  return rowCount ?? 0
}
