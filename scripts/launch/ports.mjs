import { createServer } from 'node:net'

/**
 * Whether a port is free now.
 * @param {number} port
 * @param {string} [host] by default all addresses
 * @returns {Promise<boolean>}
 */
export function isFree(port, host) {
  return listen(port, host).then(
    () => true,
    error => {
      if (error.code === 'EADDRINUSE') return false
      throw error
    },
  )
}

/** A free port of 127.0.0.1. */
export function freePort() {
  return listen(0, '127.0.0.1')
}

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<number>}
 */
function listen(port, host) {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen({ port, ...(host ? { host } : {}), exclusive: true }, () => {
      const address = server.address()
      const found = address && typeof address === 'object' ? address.port : port
      server.close(() => done(found))
    })
  })
}
