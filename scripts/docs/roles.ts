import { can } from '../../lib/access/permissions'
import { permissions, roles } from '../../lib/domain/people/role'
import messages from '../../messages/en.json'
import { code, heading, table } from './markdown'

/** docs/reference/roles.md */
export function rolesPage(): string {
  const names: Record<string, string> = messages.permissions
  const rows = permissions.map(permission => [
    code(permission),
    names[permission] ?? '',
    ...roles.map(role => (can(role, permission) ? 'x' : '')),
  ])
  return `${heading('Roles and permissions', '`lib/access/permissions.ts` and `messages/en.json`')}
${table(['permission', 'allows to', ...roles], rows)}
Rules that the table does not show:

- A member, an invitation or a token can be limited to accounts. Everything outside them is answered as if it did not exist.
- Changing a setting that applies to the whole organization needs access to all accounts: due dates, routing,
  teams and CSV mappings with \`accounts:manage\`, the bulk resolution limit with \`imports:confirm\`.
- An exception is approved by another person than the one who requested it. High and critical findings need a lead
  of a team of kind security response, or an administrator.
- A token has the permissions it was created with, reduced to what its owner may do now. It never has \`members:manage\` or
  \`tokens:manage\`.
`
}
