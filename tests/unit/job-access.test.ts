import { expect, test } from 'vitest'
import { isNode, literal, nodesOf, parse, readSource, sourceFiles } from '../support/syntax'

/** Where the proof of every permission for every account is made, and under which names: nowhere that a request reaches with its input. */
const JOBS: Record<string, string[]> = {
  'lib/jobs/checks/run-checks.ts': ['checks'],
  'lib/jobs/collection/run-task.ts': ['collection'],
  'lib/jobs/events/batch.ts': ['events'],
  'lib/jobs/events/loop.ts': ['events'],
  'lib/jobs/events/poll.ts': ['events'],
  'lib/jobs/events/receive.ts': ['events'],
  'lib/jobs/imports/attempt.ts': ['import'],
  'lib/jobs/audit/stream.ts': ['audit-stream'],
  'lib/jobs/exceptions.ts': ['exceptions'],
  'lib/jobs/imports/loop.ts': ['import'],
  'lib/jobs/imports/scan.ts': ['import'],
  'lib/jobs/regroup.ts': ['regroup'],
  'lib/jobs/schedule.ts': [
    'attention',
    'audit-throttle',
    'control-counts',
    'control-severity',
    'drop-abandoned-uploads',
    'drop-loose-files',
    'due-dates',
    'end-sessions',
    'known-exploited',
    'mark-overdue',
    'retention',
    'routing',
    'seal-history',
    'unowned',
  ],
  'lib/jobs/snapshots.ts': ['snapshot'],
  'lib/jobs/write-back/loop.ts': ['write-back'],
  'lib/jobs/write-back/send.ts': ['write-back'],
  // Lines of the audit log before anybody is signed in: an identity that is bound, the administrator that the environment names.
  'lib/store/people/identities.ts': ['sign-in'],
  'lib/store/sign-in/setup.ts': ['setup'],
  'scripts/demo/baseline.ts': ['command', 'seal-history'],
  'scripts/demo/connection.ts': ['collection', 'import'],
  'scripts/demo/fill.ts': ['import', 'mark-overdue', 'snapshot'],
  'scripts/demo/iam.ts': ['import'],
  'scripts/hinomi/create-token.ts': ['command'],
  'scripts/hinomi/main.ts': ['command'],
}

/** What whoever may use the settings and database of the server can do on the command line. */
const COMMANDS = [
  'admin ensure',
  'backup',
  'check',
  'collect',
  'controls',
  'import',
  'keys',
  'known-exploited',
  'member reset-factors',
  'member reset-link',
  'restore',
  'token create',
  'verify',
  'help',
  '--help',
  '-h',
]

test('access of jobs is created only in the listed places, under fixed names', () => {
  const found: Record<string, string[]> = {}
  for (const path of sourceFiles('app', 'components', 'lib', 'scripts')) {
    const text = readSource(path)
    if (!text.includes('jobAccess(') || path === 'lib/access/job.ts') continue
    const names = [...nodesOf(parse(path, text))].flatMap(node => {
      const { callee, arguments: given } = node
      if (node.type !== 'CallExpression' || !isNode(callee) || callee.name !== 'jobAccess') return []
      return [(Array.isArray(given) ? literal(given[0]) : null) ?? 'not a fixed name']
    })
    found[path] = [...new Set(names)].sort()
  }
  expect(found).toEqual(JOBS)
})

test('the command line knows the commands of the table', () => {
  const text = readSource('scripts/hinomi/main.ts')
  const known = [...text.matchAll(/command === '([\w-]+)'(?: && rest\[0\] === '([\w-]+)')?/g)]
  const names = known.map(([, command, part]) => (part ? `${command} ${part}` : String(command)))
  expect(names.sort()).toEqual([...COMMANDS].sort())
})
