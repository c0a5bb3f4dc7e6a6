import { code, heading, table } from './markdown'

interface Model {
  table: string
  /** The doc comment of the model. */
  row: string
  key: string
}

/** The tables of a Prisma schema, in its order. Throws if a model has no doc comment or no primary key. */
export function tablesOf(schema: string): Model[] {
  return [...schema.matchAll(/((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(
    ([, comment = '', name, body = '']) => {
      const row = comment
        .replace(/^\/\/\/ ?/gm, '')
        .replace(/\s+/g, ' ')
        .trim()
      const stored = body.match(/@@map\("(\w+)"\)/)?.[1]
      if (!row || !stored) throw new Error(`prisma/schema.prisma: model ${name} needs a doc comment (///) and @@map`)
      return { table: stored, row, key: primaryKeyOf(body) }
    },
  )
}

function primaryKeyOf(body: string): string {
  const fields = body.match(/@@id\(\[([^\]]+)\]/)?.[1]?.split(',') ?? [body.match(/^\s*(\w+)\s.*@id\b/m)?.[1] ?? '']
  return fields.map(field => columnOf(field.trim(), body)).join(', ')
}

function columnOf(field: string, body: string): string {
  const line = body.split('\n').find(each => each.trim().startsWith(`${field} `))
  if (!line) throw new Error(`prisma/schema.prisma: no field "${field}" for a primary key`)
  return line.match(/@map\("(\w+)"\)/)?.[1] ?? field
}

/** docs/reference/tables.md */
export function tablesPage(schema: string): string {
  const rows = tablesOf(schema).map(({ table: name, row, key }) => [code(name), row, key])
  return `${heading('Tables', '`prisma/schema.prisma`')}
Tables that grow with the number of accounts have \`account_id\` first in their primary key and refer to each other only within
one account. Columns and indexes are in the schema; triggers and SQL-only indexes are in \`prisma/migrations\`.

${table(['table', 'one row is', 'primary key'], rows)}`
}
