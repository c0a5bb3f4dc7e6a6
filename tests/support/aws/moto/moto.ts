import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { fromRoot } from '../../../../scripts/launch/paths.mjs'
import { pythonTool } from '../../../tools/python'
import type { HttpAnswer } from '../wire/answer'
import type { HttpRequest } from '../wire/aws-request'

const SCRIPT = fromRoot('tests/support/aws/moto/serve_moto.py')
const START_MS = 60_000

export interface Moto {
  port: number
  /** What moto answers to this request in an account. */
  send: (request: HttpRequest, account: string) => Promise<HttpAnswer>
  reset: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts moto, or says why it cannot be started. https://docs.getmoto.org/en/latest/docs/server_mode.html */
export async function startMoto(): Promise<Moto | { missing: string }> {
  const python = await pythonTool('python')
  if ('missing' in python) return python
  // Its standard input closes with this process, whatever ends it; then it ends too.
  const child = spawn(python.program, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const [port] = await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(START_MS) }),
    exited.then(([code]) => {
      throw new Error(`moto ended with exit code ${code}`)
    }),
  ])
  const agent = new Agent({ keepAlive: true })
  const send = (whole: HttpRequest, account: string) => sendTo(Number(port), agent, whole, account)
  return {
    port: Number(port),
    send,
    async reset() {
      const empty = { query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) }
      // With a seed the ids that moto makes up are the same each time.
      for (const url of ['/moto-api/reset', '/moto-api/seed?a=1']) {
        await send({ ...empty, method: 'POST', url, path: url }, '')
      }
    },
    async stop() {
      agent.destroy()
      child.stdin.end()
      await exited
    },
  }
}

function sendTo(port: number, agent: Agent, whole: HttpRequest, account: string): Promise<HttpAnswer> {
  return new Promise((done, fail) => {
    const headers = { ...whole.headers, 'x-moto-account-id': account, 'content-length': String(whole.body.length) }
    const outgoing = request({ host: '127.0.0.1', port, agent, method: whole.method, path: whole.url, headers })
    outgoing.on('error', fail)
    outgoing.on('response', async response => {
      try {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part as Buffer)
        const own = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
        done({ status: response.statusCode ?? 500, headers: Object.fromEntries(own), body: Buffer.concat(parts) })
      } catch (error) {
        fail(error)
      }
    })
    outgoing.end(whole.body)
  })
}
