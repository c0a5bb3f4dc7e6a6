import { z } from 'zod'
import type { Report } from './reports'
import { ChaosError, until } from './wait'

const Queued = z.object({ id: z.number() })
const Import = z.object({ id: z.number(), state: z.string(), counts: z.object({ read: z.number() }) })
const Finding = z.object({ id: z.string(), resourceId: z.string(), status: z.string() })
const Findings = z.object({ findings: z.array(Finding), nextCursor: z.string().nullable() })
const Detail = Finding.extend({ events: z.array(z.object({ text: z.string().nullable() })) })

export type Import = z.infer<typeof Import>
export type Finding = z.infer<typeof Finding>

/** What one request may take, and all tries of it together. */
const REQUEST_MS = 60_000
const ALL_TRIES_MS = 300_000
/** Refusals that pass; everything else of 400 and above is a fault of the product or of this test. */
const PASSES = [429, 500, 502, 503, 504, 507]

interface Answer {
  status: number
  body: unknown
}

/** A client of /api/v1 that sends again what was refused for a while or broke off, until it is answered. */
export class Api {
  readonly #url: string
  readonly #token: string
  /** Answers that were refused for a while, by their status. */
  readonly refused = new Map<number, number>()
  /** Requests that broke off. */
  broken = 0

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** Sends a report until it is accepted; returns the id of its import. The same bytes again answer the first import. */
  async upload(report: Report): Promise<number> {
    const { name } = report
    const { status, body: answer } = await this.#tries(`upload of ${name}`, () => this.#send(report))
    if (status !== 200 && status !== 202)
      throw new ChaosError(`${name} was answered ${status}: ${JSON.stringify(answer)}`)
    return Queued.parse(answer).id
  }

  /** Sends a report once; returns the status that it is answered. */
  async uploadOnce(report: Report): Promise<number> {
    return (await this.#send(report)).status
  }

  /** An accepted import. Throws where it is missing. */
  async import(id: number): Promise<Import> {
    const { status, body } = await this.#tries(`import ${id}`, () => this.#once('GET', `/imports/${id}`))
    if (status !== 200) throw new ChaosError(`Import ${id} was accepted and is answered ${status}`)
    return Import.parse(body)
  }

  /** Every finding of an account. */
  async findings(account: string): Promise<Finding[]> {
    const found: Finding[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ account, limit: '200', ...(cursor && { cursor }) })
      const { body } = await this.#tries('list of findings', () => this.#once('GET', `/findings?${query}`))
      const page = Findings.parse(body)
      found.push(...page.findings)
      cursor = page.nextCursor
    }
    return found
  }

  /**
   * Changes a finding once, however often the answer is lost: the comment, which no other change has, tells whether it was done.
   * False where the change is refused in the finding's present state.
   */
  async change(id: string, change: { comment: string } & Record<string, unknown>): Promise<boolean> {
    let sent = false
    const { status, body } = await this.#tries(`change of ${id}`, async () => {
      if (sent && (await this.#hasComment(id, change.comment))) return { status: 200, body: null }
      sent = true
      return this.#once('PATCH', `/findings/${id}`, JSON.stringify(change))
    })
    if (status === 409) return false
    if (status !== 200) throw new ChaosError(`The change of ${id} was answered ${status}: ${JSON.stringify(body)}`)
    return true
  }

  /** Asks for an exception once: a second request for the same finding is refused as a conflict. */
  async requestException(finding: string, reason: string, until: string): Promise<void> {
    const request = JSON.stringify({ finding, kind: 'accepted', reason, until, controls: reason })
    const { status, body } = await this.#tries('request of an exception', () =>
      this.#once('POST', '/exceptions', request),
    )
    if (status !== 200 && status !== 409) {
      throw new ChaosError(`The exception of ${finding} was answered ${status}: ${JSON.stringify(body)}`)
    }
  }

  async #hasComment(id: string, comment: string): Promise<boolean> {
    const { status, body } = await this.#once('GET', `/findings/${id}`)
    if (status !== 200) throw new Error(`status ${status}`)
    return Detail.parse(body).events.some(({ text }) => text === comment)
  }

  #tries(what: string, ask: () => Promise<Answer>): Promise<Answer> {
    return until(what, ALL_TRIES_MS, async () => {
      const answer = await ask().catch((error: unknown) => {
        this.broken++
        throw error
      })
      if (!PASSES.includes(answer.status)) return answer
      this.refused.set(answer.status, (this.refused.get(answer.status) ?? 0) + 1)
      throw new Error(`status ${answer.status}`)
    })
  }

  #send({ name, observedAt, body }: Report): Promise<Answer> {
    const query = new URLSearchParams({
      coverage: 'complete',
      observedAt: observedAt.toISOString(),
      fileName: `${name}.json`,
    })
    return this.#once('POST', `/imports?${query}`, body)
  }

  async #once(method: string, path: string, body?: Report['body'] | string): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    return { status: response.status, body: isJson(response) ? JSON.parse(text) : text }
  }
}

function isJson(response: Response): boolean {
  return /json/.test(response.headers.get('content-type') ?? '')
}
