import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { dayOf } from '../../domain/policies/due'
import { countFlow, fillSnapshots, takeSnapshots } from '../../store/counts/snapshots'

/** Takes the snapshots of accounts on the day of a report, and of the days since where the report is of an earlier one. */
export async function noteDays(
  access: JobAccess,
  accounts: string[],
  observedAt: Date,
  timeZone: string,
): Promise<void> {
  const late = dayOf(observedAt, timeZone) < dayOf(now(), timeZone)
  await takeSnapshots(access, accounts, observedAt, timeZone)
  if (late) await fillSnapshots(access, accounts, observedAt, timeZone)
  await countFlow(access, accounts, { from: observedAt, to: late ? now() : observedAt }, timeZone)
}
