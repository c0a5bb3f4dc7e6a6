import { definitions } from '../../sources/definitions'
import { partitionOf } from '../commands/command-values'
import type { SourceId } from '../imports/outcome'

interface Named {
  source: SourceId
  nativeId: string
}

/** A page of a finding in the AWS console. */
export interface ConsoleLink {
  service: string
  url: string
}

/** Consoles of the partitions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const consoleHosts: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
}

const REGION = /^(?!us-iso)[a-z]{2,4}(?:-[a-z]+)+-\d$/

/** The pages of a finding in the consoles of the services that know it, each service once. */
export function consoleLinks(region: string, sightings: readonly Named[]): ConsoleLink[] {
  const pages = definitions.flatMap(({ consolePages = [] }) => consolePages)
  const host = consoleHosts[partitionOf(region).partition]
  const links = pages.flatMap(({ service, page, form, feed }) =>
    sightings.flatMap(({ source, nativeId }): ConsoleLink[] => {
      const id = feed === undefined || feed === source ? form.exec(nativeId)?.[1] : undefined
      if (id === undefined || (page.includes('{region}') && !REGION.test(region))) return []
      const path = page
        .replaceAll('{region}', region)
        .replace('{id}', id)
        .replace('{encodedId}', id.replaceAll(':', '%3A'))
      return [{ service, url: `https://${host}/${path}` }]
    }),
  )
  return [...new Map(links.map(link => [link.service, link])).values()]
}
