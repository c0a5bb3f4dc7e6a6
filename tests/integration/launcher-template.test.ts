import pg from 'pg'
import { expect, test } from 'vitest'

async function ask(sql: string) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('every test file has an empty, migrated database', async () => {
  expect(await ask('select count(*)::int as members from member')).toEqual([{ members: 0 }])
})

test('searching by trigram sees Japanese letters as letters', async () => {
  const [row] = await ask(`select cardinality(show_trgm('日本語テスト')) as trigrams`)
  expect(row.trigrams).toBeGreaterThan(0)
})

test('the application is no superuser', async () => {
  expect(await ask('select rolsuper from pg_roles where rolname = current_user')).toEqual([{ rolsuper: false }])
})
