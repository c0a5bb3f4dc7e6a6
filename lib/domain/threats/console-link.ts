import { definitions } from '../../sources/definitions'
import type { SourceId } from '../imports/outcome'

interface Named {
  source: SourceId
  nativeId: string
}

/** The console of a Region's partition: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return 'https://console.amazonaws.cn'
  if (region.startsWith('us-gov-')) return 'https://console.amazonaws-us-gov.com'
  return 'https://console.aws.amazon.com'
}

/** The page of a threat in the console of its service; null if no source names it there. */
export function consoleLink(region: string, sightings: readonly Named[]): string | null {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return null
  for (const { threatPage, threatName, feeds } of definitions) {
    if (!threatPage) continue
    for (const { source, nativeId } of sightings) {
      const own = feeds.some(({ id }) => id === source) ? nativeId : null
      const id = threatName?.exec(nativeId)?.[1] ?? own
      if (id === null || !/^[\w-]+$/.test(id)) continue
      return `${consoleOf(region)}/${threatPage.replace('{region}', region).replace('{id}', id)}`
    }
  }
  return null
}
