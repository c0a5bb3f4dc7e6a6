import 'server-only'
import PgBoss from 'pg-boss'
import { jobAccess } from '../access/job'
import { flushThrottled } from '../access/refusals/throttled-audit'
import { now } from '../clock'
import { unreadDays } from '../domain/imports/views'
import { env } from '../env'
import { AppError } from '../errors'
import { log } from '../log'
import { outageOf } from '../outage'
import { dropLooseAttachments } from '../store/attachments/receive'
import { sealNext } from '../store/chain/chain'
import { requestAttention } from '../store/checks/requests'
import { dropRounds } from '../store/collection/rounds'
import { sumControlCounts } from '../store/counts/control-counts'
import { dropOldEvents } from '../store/events/batches'
import { handOverUnowned } from '../store/findings/hand-over-unowned'
import { markOverdue, unmarkOverdue } from '../store/findings/overdue'
import { dropAbandoned } from '../store/imports/receive'
import { dropGoneSightings, dropPayloads } from '../store/imports/retention'
import { dropMachineImages } from '../store/merges/machine-images'
import { dropExpiredChallenges } from '../store/passkeys/challenges'
import { rateFindings } from '../store/policies/control-severity'
import { moveDueDates } from '../store/policies/due-policy'
import { routeFindings } from '../store/policies/routing'
import { dropEndedSessions, endStaleSessions } from '../store/sign-in/sessions'
import { applyKnownExploited, refreshKnownExploited } from '../store/vulnerabilities/known-exploited'
import { dropUnwantedWrites } from '../store/write-back/queue'
import { streamAudit } from './audit/stream'
import { keepExceptions } from './exceptions'
import { JobsDatabase } from './jobs-database'
import { keepSnapshots } from './snapshots'

interface ScheduledJob {
  name: string
  /** When, in the organisation's time zone. */
  cron: string
  run: () => Promise<void>
}

const DAY_MS = 24 * 3600 * 1000
/** Rounds have hundreds of tasks an account and day, and what they found is kept elsewhere. */
const ROUNDS_KEPT_DAYS = 30
/** Longer than SQS keeps a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const EVENTS_KEPT_DAYS = 15

const jobs: readonly ScheduledJob[] = [
  {
    name: 'mark-overdue',
    cron: '* * * * *',
    run: async () => {
      const access = jobAccess('mark-overdue')
      while ((await markOverdue(access)) > 0);
      while ((await unmarkOverdue(access)) > 0);
    },
  },
  {
    name: 'due-dates',
    cron: '* * * * *',
    run: async () => {
      const access = jobAccess('due-dates')
      await applyKnownExploited(access)
      while (await moveDueDates(access));
    },
  },
  {
    name: 'routing',
    cron: '* * * * *',
    run: async () => {
      const access = jobAccess('routing')
      while (await routeFindings(access));
    },
  },
  {
    name: 'control-severity',
    cron: '* * * * *',
    run: async () => {
      const access = jobAccess('control-severity')
      while (await rateFindings(access));
    },
  },
  {
    // After midday in Washington, where CISA releases the list.
    name: 'known-exploited',
    cron: '23 5 * * *',
    run: () => refreshKnownExploited(jobAccess('known-exploited', { permissions: ['accounts:manage'] })),
  },
  {
    name: 'unowned',
    cron: '17 4 * * *',
    run: async () => {
      await handOverUnowned(jobAccess('unowned'))
    },
  },
  {
    // What nobody opens or works on changes with time alone.
    name: 'attention',
    cron: '31 4 * * *',
    run: () => requestAttention(jobAccess('attention')),
  },
  { name: 'control-counts', cron: '* * * * *', run: () => sumControlCounts(jobAccess('control-counts')) },
  { name: 'exceptions', cron: '* * * * *', run: keepExceptions },
  { name: 'snapshot', cron: '7 * * * *', run: keepSnapshots },
  {
    name: 'drop-abandoned-uploads',
    cron: '* * * * *',
    run: async () => {
      const dropped = await dropAbandoned(jobAccess('drop-abandoned-uploads'))
      if (dropped > 0) log.info({ dropped }, 'deleted uploads that were never completed')
    },
  },
  {
    name: 'drop-loose-files',
    cron: '* * * * *',
    run: async () => {
      await dropLooseAttachments(jobAccess('drop-loose-files'))
    },
  },
  {
    name: 'retention',
    cron: '41 3 * * *',
    run: async () => {
      const access = jobAccess('retention')
      const before = new Date(now().getTime() - env().HINOMI_RETENTION_DAYS * DAY_MS)
      while ((await dropGoneSightings(access, before)) > 0);
      const unreadBefore = new Date(now().getTime() - unreadDays * DAY_MS)
      while ((await dropPayloads(access, before, unreadBefore)) > 0);
      while ((await dropMachineImages(access)) > 0);
      await dropRounds(access, new Date(now().getTime() - ROUNDS_KEPT_DAYS * DAY_MS))
      await dropEndedSessions(access, before)
      await dropUnwantedWrites(access)
      while ((await dropOldEvents(access, new Date(now().getTime() - EVENTS_KEPT_DAYS * DAY_MS))) > 0);
    },
  },
  {
    name: 'end-sessions',
    cron: '*/5 * * * *',
    run: async () => {
      const access = jobAccess('end-sessions')
      await endStaleSessions(access)
      await dropExpiredChallenges(access)
    },
  },
  { name: 'audit-throttle', cron: '* * * * *', run: () => flushThrottled(jobAccess('audit-throttle')) },
  {
    name: 'audit-stream',
    cron: '* * * * *',
    run: async () => {
      await streamAudit()
    },
  },
  {
    name: 'seal-history',
    cron: '* * * * *',
    run: async () => {
      const access = jobAccess('seal-history')
      while (await sealNext(access));
    },
  },
]

/**
 * Starts the scheduled jobs, and waits for the database if it is unavailable. The queue is in the database, so only one of several
 * workers runs each job.
 */
export async function startSchedule(): Promise<{ stop: () => Promise<void> }> {
  const db = new JobsDatabase(env().DATABASE_URL)
  const boss = new PgBoss({ db, schema: 'jobs' })
  boss.on('error', error => log.error({ err: error }, 'the job queue reported an error'))
  await boss.start()
  for (const job of jobs) {
    await boss.createQueue(job.name, { name: job.name, policy: 'short', retryLimit: 2 })
    await boss.schedule(job.name, job.cron, {}, { tz: env().HINOMI_TIME_ZONE })
    await boss.work(job.name, { pollingIntervalSeconds: 5 }, () => runJob(job))
    // Also once at the start, for runs that were missed while no worker ran.
    await boss.send(job.name, {})
  }
  return {
    stop: async () => {
      db.beginClosing()
      await boss.stop({ graceful: true, timeout: 5000 })
      await db.close()
    },
  }
}

/** The next run does what an outage interrupted. One log line for each, without a stack, since there may be many. */
async function runJob(job: ScheduledJob): Promise<void> {
  try {
    await job.run()
  } catch (error) {
    const outage = outageOf(error)
    // Another server that does not answer is no fault of the job.
    if (error instanceof AppError && error.code === 'unavailable')
      log.warn({ job: job.name, reason: error.reason, ...error.params }, 'an address did not answer a scheduled job')
    else if (outage) log.warn({ job: job.name, outage }, 'a scheduled job was interrupted and will be retried')
    else log.error({ job: job.name, err: error }, 'a scheduled job failed')
    throw error
  }
}
