import 'server-only'
import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { collectorOf } from '../../aws/collect/registry'
import { type AwsConnection, openConnection } from '../../aws/connection'
import { now } from '../../clock'
import { isCollectorId } from '../../domain/collection/collectors'
import { AppError } from '../../errors'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { usableConnection } from '../../store/collection/connections'
import {
  type ClaimedTask,
  claimTasks,
  keepTasks,
  putBack,
  TASK_ALIVE_EVERY_MS,
  TaskLost,
} from '../../store/collection/tasks'
import { advanceRounds } from './plan'
import { access, runTask } from './run-task'

/** Tasks wait for AWS most of the time. */
const AT_ONCE = 48
/** So that no account holds more than its share, and its quotas are not used up at once. */
const PER_ACCOUNT = 4
const IDLE_MS = 2_000
const LONGEST_PAUSE_MS = 300_000
/** How long a connection keeps its sessions and sockets without a task. */
const CONNECTION_IDLE_MS = 600_000

interface Running {
  task: ClaimedTask
  controller: AbortController
}

interface Open {
  connection: AwsConnection
  usedAt: number
}

/** Runs the tasks of collection rounds until `stop` is called. Several workers share them. */
export class CollectionLoop {
  readonly #holder = randomUUID()
  readonly #running = new Map<string, Running>()
  readonly #connections = new Map<string, Open>()
  readonly #idleMs: number
  #stopping = false
  #advancedAt = 0
  #wake: () => void = () => undefined
  #done: Promise<void> = Promise.resolve()
  #alive: NodeJS.Timeout | undefined

  constructor({ idleMs = IDLE_MS }: { idleMs?: number } = {}) {
    this.#idleMs = idleMs
  }

  start(): void {
    this.#alive = setInterval(() => void this.#keep(), TASK_ALIVE_EVERY_MS)
    this.#done = this.#loop()
  }

  /** Resolves once no task runs any more. What is not finished continues in another run. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const { controller } of this.#running.values()) controller.abort(new Error('the worker stops'))
    this.#wake()
    await this.#done
    clearInterval(this.#alive)
    for (const { connection } of this.#connections.values()) connection.close()
  }

  async #loop(): Promise<void> {
    while (!this.#stopping) {
      const started = await this.#round().catch((error: unknown) => {
        const outage = outageOf(error)
        if (outage) log.warn({ outage }, 'collection waits and will be retried')
        else log.error({ err: error }, 'looking for collection tasks failed')
        return 0
      })
      if (started === 0 || this.#running.size >= AT_ONCE) await this.#wait()
    }
    while (this.#running.size > 0) await this.#wait()
  }

  async #round(): Promise<number> {
    await this.#advance()
    this.#closeIdle()
    const limit = AT_ONCE - this.#running.size
    if (limit <= 0 || this.#stopping) return 0
    const tasks = await claimTasks(access, this.#holder, { limit, perAccount: PER_ACCOUNT })
    for (const task of tasks) void this.#run(task)
    return tasks.length
  }

  async #advance(): Promise<void> {
    if (Date.now() - this.#advancedAt < this.#idleMs) return
    this.#advancedAt = Date.now()
    await advanceRounds()
  }

  async #run(task: ClaimedTask): Promise<void> {
    const key = keyOf(task)
    const controller = new AbortController()
    // All calls of a task listen to its signal.
    setMaxListeners(0, controller.signal)
    this.#running.set(key, { task, controller })
    try {
      const connection = await this.#connectionOf(task)
      const collector = isCollectorId(task.collector) ? collectorOf(task.collector) : null
      if (!connection || !collector) return await putBack(access, task, later(task))
      await runTask(task, { connection, collector, signal: controller.signal })
    } catch (error) {
      await this.#failed(task, controller.signal, error)
    } finally {
      this.#running.delete(key)
      this.#wake()
    }
  }

  async #failed(task: ClaimedTask, signal: AbortSignal, error: unknown): Promise<void> {
    const { roundId: round, accountId: account, collector } = task
    if (error instanceof TaskLost) return
    const stopped = signal.aborted
    const waits = stopped || error instanceof AppError || outageOf(error) !== null
    if (!waits) log.error({ err: error, round, account, collector }, 'a collection task was interrupted')
    else if (!stopped) log.warn({ round, account, collector, reason: String(error) }, 'a collection task waits')
    // Where the database is away, another run continues the task once this one counts as dead.
    await putBack(access, task, stopped ? now() : later(task)).catch((problem: unknown) => {
      if (!outageOf(problem)) log.error({ err: problem, round, account, collector }, 'a task was not put back')
    })
  }

  /** The connection with its sessions, shared by all tasks of one worker. Null if somebody removed it. */
  async #connectionOf({ connectionId, roundId }: ClaimedTask): Promise<AwsConnection | null> {
    const key = `${connectionId} ${roundId}`
    const open = this.#connections.get(key)
    if (open) {
      open.usedAt = Date.now()
      return open.connection
    }
    const usable = await usableConnection(access, connectionId)
    if (!usable || usable.externalId === null) return null
    const again = this.#connections.get(key)
    if (again) return again.connection
    const connection = openConnection({ ...usable, externalId: usable.externalId, session: `hinomi-${roundId}` })
    this.#connections.set(key, { connection, usedAt: Date.now() })
    return connection
  }

  #closeIdle(): void {
    for (const [key, { connection, usedAt }] of this.#connections) {
      if (Date.now() - usedAt < CONNECTION_IDLE_MS || this.#running.size > 0) continue
      connection.close()
      this.#connections.delete(key)
    }
  }

  /**
   * Tells that the tasks are worked on, and stops those that were taken away. A task that is claimed while the database
   * answers is not among those that it knows of, and stays.
   */
  async #keep(): Promise<void> {
    const asked = [...this.#running.values()]
    try {
      const kept = new Set(
        (
          await keepTasks(
            access,
            this.#holder,
            asked.map(({ task }) => task),
          )
        ).map(keyOf),
      )
      for (const { task, controller } of asked)
        if (!kept.has(keyOf(task))) controller.abort(new TaskLost('the task was taken away'))
    } catch (error) {
      log.warn({ reason: String(error) }, 'collection tasks could not be confirmed')
    }
  }

  #wait(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, this.#idleMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function keyOf({ roundId, accountId, collector }: Pick<ClaimedTask, 'roundId' | 'accountId' | 'collector'>): string {
  return `${roundId} ${accountId} ${collector}`
}

/** Longer after each run that got no further. */
function later({ starts }: ClaimedTask): Date {
  return new Date(now().getTime() + Math.min(1000 * 2 ** Math.min(starts, 10), LONGEST_PAUSE_MS))
}
