import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket, connect as tcp } from 'node:net'

/** A TCP proxy to a server that a test can interrupt and restore. Its address never changes. */
export class Line {
  readonly #url: string
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #port = 0
  #isSilent = false

  constructor(url: string) {
    this.#url = url
  }

  /** Starts listening on this machine, at first on any free port. Returns the server's URL through this proxy. */
  async open(): Promise<string> {
    this.#isSilent = false
    const server = createServer(near => this.#forward(near))
    this.#server = server
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    return Object.assign(new URL(this.#url), { port: String(this.#port) }).href
  }

  /** Breaks every connection and refuses new ones, as if the server had been killed. */
  async cut(): Promise<void> {
    const server = this.#server
    this.#server = null
    server?.close()
    for (const socket of this.#sockets) socket.destroy()
    if (server) await once(server, 'close')
  }

  /** Keeps connections open but forwards no data, as in a network partition. */
  silence(): void {
    this.#isSilent = true
    for (const socket of this.#sockets) socket.pause().unpipe()
  }

  #forward(near: Socket): void {
    const { hostname, port } = new URL(this.#url)
    const far = tcp({ host: hostname, port: Number(port) })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
      if (!this.#isSilent) one.pipe(other)
    }
  }
}
