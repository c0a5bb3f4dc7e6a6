import { between, hex, random } from './random'

/** The digest of the image in a repository. */
export function imageDigest(repository: string): string {
  return `sha256:${hex(32, 'image', repository)}${hex(32, 'digest', repository)}`
}

export function imageTags(repository: string): string[] {
  const next = random('tag', repository)
  return [`1.${Math.floor(between(next, 2, 40))}.${Math.floor(between(next, 0, 9))}`, 'latest']
}
