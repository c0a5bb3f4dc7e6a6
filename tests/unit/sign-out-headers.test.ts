import { NextRequest } from 'next/server'
import { expect, test } from 'vitest'
import { proxy } from '../../proxy'

const clears = (path: string) => proxy(new NextRequest(`http://hinomi.test${path}`)).headers.get('clear-site-data')

test('after a sign-out the browser clears what it keeps of this site', () => {
  expect(clears('/sign-in?signedOut')).toBe('"cache", "storage"')
})

test.each(['/sign-in', '/sign-in?error=signedOut', '/?signedOut', '/findings?signedOut', '/setup?signedOut'])(
  '%s clears nothing',
  path => {
    expect(clears(path)).toBeNull()
  },
)
