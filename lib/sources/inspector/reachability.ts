import { looseList, looseText, valueAt } from '../values/loose'

const MAX_STEPS = 50

/**
 * The check of a reachable port, whichever format Inspector's finding has: protocol, and a port or a range of ports.
 */
export function reachabilityControl(protocol: string, port: string): string {
  return ['NETWORK_REACHABILITY', protocol.toUpperCase(), port].filter(Boolean).join(' ')
}

/**
 * The way from the internet to the port, as lines of a description; empty if the record does not tell it. Security Hub
 * writes the same steps with other letters.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_NetworkPath.html
 */
export function networkPath(steps: unknown): string {
  const named = looseList(steps, MAX_STEPS).flatMap(step => {
    const type = looseText(valueAt(step, 'componentType') ?? valueAt(step, 'ComponentType'))
    const id = looseText(valueAt(step, 'componentId') ?? valueAt(step, 'ComponentId'))
    return id ? [[type, id].filter(Boolean).join(' ')] : []
  })
  return named.length === 0 ? '' : ['Network path:', ...named].join('\n')
}
