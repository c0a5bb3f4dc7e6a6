import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { dayOf } from '../../domain/policies/due'
import { countFlow, fillSnapshots, takeSnapshots } from '../../store/counts/snapshots'

/** Takes the snapshots of accounts for the day of a report and, where that is a past day, for the days since. */
export async function noteDays(
  access: JobAccess,
  accounts: string[],
  observedAt: Date,
  timeZone: string,
): Promise<void> {
  const isPast = dayOf(observedAt, timeZone) < dayOf(now(), timeZone)
  await takeSnapshots(access, accounts, observedAt, timeZone)
  if (isPast) await fillSnapshots(access, accounts, observedAt, timeZone)
  await countFlow(access, accounts, { from: observedAt, to: isPast ? now() : observedAt }, timeZone)
}
