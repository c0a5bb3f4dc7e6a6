import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Har = z.object({
  log: z.object({
    entries: z.array(
      z.object({
        request: z.object({
          method: z.string(),
          url: z.string(),
          headers: z.array(z.object({ name: z.string(), value: z.string() })),
        }),
        response: z.object({ status: z.number() }),
      }),
    ),
  }),
})

export interface Exchange {
  /** Method and path with `{id}` for whatever stands there. */
  operation: string
  hasToken: boolean
  status: number
}

/** The requests and answers of a HAR file: http://www.softwareishard.com/blog/har-12-spec */
export function readExchanges(file: string): Exchange[] {
  const { log } = Har.parse(JSON.parse(readFileSync(file, 'utf8')))
  return log.entries.map(({ request, response }) => ({
    operation: `${request.method} ${pathOf(request.url)}`,
    hasToken: request.headers.some(({ name }) => name.toLowerCase() === 'authorization'),
    status: response.status,
  }))
}

function pathOf(url: string): string {
  const [, first = '', second, third] = new URL(url).pathname.replace('/api/v1', '').split('/')
  const isName = second === undefined || second === 'export'
  return `/${[first, isName ? second : '{id}', third].filter(Boolean).join('/')}`
}

/** How often each operation was answered with which status, as lines of a table. */
export function statusTable(exchanges: readonly Exchange[]): string[] {
  const rows = new Map<string, Map<number, number>>()
  for (const { operation, status } of exchanges) {
    const row = rows.get(operation) ?? new Map<number, number>()
    rows.set(operation, row.set(status, (row.get(status) ?? 0) + 1))
  }
  return [...rows].sort().map(([operation, counts]) => {
    const cells = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
    return `${operation.padEnd(32)} ${cells.join(', ')}`
  })
}
