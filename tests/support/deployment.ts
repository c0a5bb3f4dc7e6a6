import { readFileSync } from 'node:fs'
import { fromRoot } from '../../scripts/launch/paths.mjs'

export interface Instruction {
  name: string
  text: string
}

/** The instructions of a Dockerfile with their continued lines joined. https://docs.docker.com/reference/dockerfile/ */
export function instructionsOf(text: string): Instruction[] {
  const joined = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ')
  return joined.split('\n').flatMap(line => {
    const [, name, rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? []
    return name ? [{ name, text: rest }] : []
  })
}

/** Files that COPY copies from the build context. */
export function copiedFromContext(instructions: readonly Instruction[]): string[] {
  return instructions
    .filter(({ name, text }) => (name === 'COPY' || name === 'ADD') && !text.includes('--from='))
    .flatMap(({ text }) =>
      text
        .split(/\s+/)
        .filter(part => !part.startsWith('--'))
        .slice(0, -1),
    )
}

/** Whether an image has an exact version or a digest. */
export function isPinned(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image) || /:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(image)
}

/** Directives of a systemd unit by name, which may repeat. https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html */
export function directivesOf(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (name) found.set(name, [...(found.get(name) ?? []), value])
  }
  return found
}

/** The patterns of a .gitignore or .dockerignore, without comments and trailing slashes. */
export function ignoredBy(path: string): string[] {
  const lines = readFileSync(fromRoot(path), 'utf8').split('\n')
  return lines.filter(line => line && !line.startsWith('#')).map(line => line.replace(/^\/|\/$/g, ''))
}

/** Whether a pattern matches a path. Supports only "*" within one name. */
export function isIgnored(path: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')
  return new RegExp(`^${escaped}(/|$)`).test(path)
}
