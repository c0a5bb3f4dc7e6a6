import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { MachineImages } from '../../domain/identity/fix-target'
import { accountOf, instanceOf, machineImageKey } from '../../domain/identity/keys'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import type { GroupedSighting } from '../sightings/grouped'

const { sql } = Prisma

/** Machine images of instances in accounts (null for all), as reported. */
export async function machineImages(
  _access: JobAccess,
  accountIds: readonly string[] | null = null,
): Promise<MachineImages> {
  const rows = await readPrimary<{ accountId: string; instanceId: string; image: string }>(sql`
    SELECT account_id AS "accountId", instance_id AS "instanceId", image_id AS image FROM machine_image
    WHERE ${accountIds}::text[] IS NULL OR account_id = ANY(${accountIds}::text[])`)
  return new Map(rows.map(row => [machineImageKey(row.accountId, row.instanceId), row.image]))
}

/** Stores machine images of instances. */
export async function noteMachineImages(_access: JobAccess, tx: Tx, images: MachineImages): Promise<void> {
  if (images.size === 0) return
  const keys = [...images.keys()]
  const [accounts, instances] = [keys.map(accountOf), keys.map(instanceOf)]
  await executeIn(
    tx,
    sql`INSERT INTO machine_image (account_id, instance_id, image_id)
      SELECT * FROM unnest(${accounts}::text[], ${instances}::text[], ${[...images.values()]}::text[])
      ON CONFLICT (account_id, instance_id) DO UPDATE SET image_id = excluded.image_id`,
  )
}

/** A vulnerability of an instance, by the instance's ARN. */
export interface OfInstance {
  accountId: string
  resourceId: string
  control: string
}

/** The sightings of findings of single instances. */
export async function sightingsOfInstances(
  _access: JobAccess,
  tx: Tx,
  instances: readonly OfInstance[],
): Promise<(GroupedSighting & { accountId: string; standsAt: string })[]> {
  return runIn<GroupedSighting & { accountId: string; standsAt: string }>(
    tx,
    sql`SELECT s.account_id AS "accountId", replace(s.id::text, '-', '') AS id, replace(s.finding_id::text, '-', '') AS "findingId",
        s.class, s.source, f.resource_id AS "standsAt", coalesce(s.own_control, s.control) AS control,
        coalesce(s.region, f.region) AS region, coalesce(s.resource_id, f.resource_id) AS "resourceId",
        coalesce(s.package_name, f.package_name) AS "packageName"
      FROM unnest(${instances.map(one => one.accountId)}::text[], ${instances.map(one => one.resourceId)}::text[],
        ${instances.map(one => one.control)}::text[]) AS k(account_id, resource_id, control)
      JOIN finding f ON f.account_id = k.account_id AND f.resource_id = k.resource_id AND f.control = k.control
        AND f.class = 'vulnerability' AND f.resource_id LIKE 'arn:%:instance/i-%'
      JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id
      WHERE s.class = 'vulnerability' ORDER BY s.id`,
    'sightings-of-instances',
  )
}

/** Deletes machine images of instances that no report names any more, at most 5,000 at once. Returns their number. */
export async function dropMachineImages(_access: JobAccess): Promise<number> {
  return executeIn(
    pool(),
    sql`DELETE FROM machine_image m USING (
       SELECT i.account_id, i.instance_id FROM machine_image i WHERE NOT EXISTS (
         SELECT 1 FROM sighting s WHERE s.class = 'vulnerability' AND s.resource_id IS NOT NULL
           AND s.account_id = i.account_id AND regexp_replace(s.resource_id, '^.*/', '') = i.instance_id)
       LIMIT 5000) AS old
     WHERE m.account_id = old.account_id AND m.instance_id = old.instance_id`,
  )
}
