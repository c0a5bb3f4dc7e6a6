/** The check that a reachable port is, whichever way Inspector's finding comes: protocol, and a port or a range of them. */
export function reachabilityControl(protocol: string, port: string): string {
  return ['NETWORK_REACHABILITY', protocol.toUpperCase(), port].filter(Boolean).join(' ')
}
