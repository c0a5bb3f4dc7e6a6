import { connect, createServer, type Server, type Socket } from 'node:net'

/** One address in front of several servers, like a load balancer or a Kubernetes service. */
export class Address {
  readonly #server: Server
  readonly #pairs = new Set<[Socket, Socket | null]>()
  #target: number | null

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer(socket => this.#accept(socket))
  }

  static async of(target: number): Promise<Address> {
    const address = new Address(target)
    await new Promise<void>(resolve => address.#server.listen(0, '127.0.0.1', resolve))
    return address
  }

  get port(): number {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new Error('the address is closed')
    return address.port
  }

  /** The server of new connections. Existing connections stay. */
  pointTo(target: number): void {
    this.#target = target
  }

  /** Drops all data in both directions without closing a connection, as if the host had vanished. */
  vanish(): void {
    this.#target = null
    for (const pair of this.#pairs) {
      for (const socket of pair) {
        socket?.unpipe()
        socket?.removeAllListeners()
        socket?.on('error', () => undefined)
        socket?.resume()
      }
    }
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket?.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #accept(socket: Socket): void {
    const upstream = this.#target === null ? null : connect(this.#target, '127.0.0.1')
    const pair: [Socket, Socket | null] = [socket, upstream]
    this.#pairs.add(pair)
    socket.on('error', () => upstream?.destroy())
    socket.on('close', () => {
      this.#pairs.delete(pair)
      upstream?.destroy()
    })
    if (!upstream) {
      socket.resume()
      return
    }
    upstream.on('error', () => socket.destroy())
    upstream.on('close', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  }
}
