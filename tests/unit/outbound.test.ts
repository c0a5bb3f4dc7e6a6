import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'

/**
 * Files of the server that open connections, each to an address of the settings alone: docs/security.md, "Connections"; and what asks
 * Hinomi itself in the browser: for its health, and to store a file.
 */
const ALLOWED = [
  'components/attachments/upload-file.ts',
  'components/ui/recovery/health-store.ts',
  'lib/access/sign-in/provider-metadata.ts',
  'lib/aws/aws.ts',
  'lib/aws/call/clients.ts',
  'lib/aws/operations/packages.ts',
  'lib/aws/push/sns.ts',
  'lib/db.ts',
  'lib/db/connection-watch.ts',
  'lib/db/pool.ts',
  'lib/health/database.ts',
  'lib/health/outage-page.ts',
  'lib/jobs/audit/sink.ts',
  'lib/jobs/presence.ts',
  'lib/jobs/schedule.ts',
  'lib/store/vulnerabilities/download.ts',
]

const CONNECTS =
  /\bfetch\(|\bWebSocket\(|\bEventSource\(|from 'node:(?:https?|http2|net|tls|dgram|dns)[^']*'|from '(?:pg|pg-boss|undici|axios|got|openid-client)'|(?:from |import\()'@(?:aws-sdk|smithy)\//
const TYPES_ONLY = /^import type .*$/gm

function sourcesIn(folder: string): string[] {
  return readdirSync(fromRoot(folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return path === 'lib/generated' ? [] : sourcesIn(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function connects(text: string): boolean {
  const code = text
    .replace(TYPES_ONLY, '')
    // Only looks at addresses and opens nothing.
    .replace(/import \{ (?:(?:BlockList|isIP),? )+\} from 'node:net'/g, '')
  return CONNECTS.test(code)
}

test('server code opens only the listed outgoing connections', () => {
  const files = ['app', 'components', 'lib', 'i18n'].flatMap(sourcesIn)
  expect(files.length).toBeGreaterThan(300)
  expect(files.filter(path => connects(readFileSync(fromRoot(path), 'utf8'))).sort()).toEqual(ALLOWED)
})

test.each([
  "await fetch('https://example.com')",
  "import { request } from 'node:https'",
  "import { lookup } from 'node:dns/promises'",
  "import { IAMClient } from '@aws-sdk/client-iam'",
  "const sdk = await import('@aws-sdk/client-iam')",
])('the check sees %s', text => {
  expect(connects(text)).toBe(true)
})
