import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const ANSWER =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error><RequestId>1</RequestId></ErrorResponse>'

/** STS that knows no role: it refuses every call, at this port of the machine or any free one. */
export async function startRefusing(port = 0): Promise<{ endpoint: string; stop: () => void }> {
  const server = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'text/xml' })
    response.end(ANSWER)
  })
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}
