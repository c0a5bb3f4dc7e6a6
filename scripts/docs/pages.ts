import { readFileSync } from 'node:fs'
import { fromRoot } from '../launch/paths.mjs'
import { awsPage } from './aws'
import { decisionsPage } from './decisions'
import { importsPage } from './imports'
import { rolesPage } from './roles'
import { tablesPage } from './tables'

/** The generated pages of docs/reference, by path. */
export function referencePages(): Record<string, string> {
  return {
    'docs/reference/aws.md': awsPage(),
    'docs/reference/decisions.md': decisionsPage(),
    'docs/reference/imports.md': importsPage(),
    'docs/reference/roles.md': rolesPage(),
    'docs/reference/tables.md': tablesPage(readFileSync(fromRoot('prisma/schema.prisma'), 'utf8')),
  }
}
