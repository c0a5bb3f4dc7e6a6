/**
 * The check of a reachable port, whichever format Inspector's finding has: protocol, and a port or a range of ports.
 */
export function reachabilityControl(protocol: string, port: string): string {
  return ['NETWORK_REACHABILITY', protocol.toUpperCase(), port].filter(Boolean).join(' ')
}
