import { BASE, LONGEST, LONGEST_TEST, MOST_FILES, PURE, SERVER_ONLY, TABLE, WITHIN } from '../../tests/support/layers'
import { code, heading, table } from './markdown'

/** docs/reference/imports.md */
export function importsPage(): string {
  const rows = TABLE.map(([path, may]) => {
    const hasBase = BASE.every(base => may.includes(base))
    const targets = [...(WITHIN[path] ?? []), ...may].filter(target => !(hasBase && BASE.some(base => base === target)))
    const named = [...targets.map(code), ...(hasBase ? ['base'] : [])]
    return [code(path), targets.includes('*') ? 'anything' : named.join(', ') || 'nothing']
  })
  const list = (paths: readonly string[]) => paths.map(code).join(', ')
  return `${heading('Imports', '`tests/support/layers.ts`')}
The first row whose path fits a file names its layer. A file may import its own layer, packages, and what its row names.
\`tests/unit/architecture.test.ts\` refuses everything else. _base_ means ${list(BASE)}.

${table(['layer', 'may import'], rows)}
The same test checks these rules:

- Only \`components/charts\` imports recharts.
- Only \`lib/aws\` imports the SDK of AWS.
- Only \`lib/access\` asserts that a value is of type \`Access\`.
- Files of ${list(SERVER_ONLY)} start with \`import 'server-only'\`, except ${list(PURE)}.
- A file has at most ${LONGEST} lines, a file of tests ${LONGEST_TEST}.
- A folder of \`lib\` has at most ${MOST_FILES} files.
- Scripts of \`npm start\` import only Node's own modules until the packages are installed.
`
}
